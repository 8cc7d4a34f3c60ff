import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ApiKeyEntry } from '../catalog/catalog.ts'
import { CatalogDouble } from '../testing/catalog-double.ts'
import { DrivenClock } from '../testing/driven-clock.ts'
import { generateApiKey } from './api-key.ts'
import { Authenticator } from './authenticator.ts'
import { RefusedApiKey } from './refused-api-key.ts'

const world = ({ mostKeys }: { mostKeys?: number } = {}) => {
  const catalog = new CatalogDouble()
  const clock = new DrivenClock()
  const authenticator = new Authenticator(catalog, clock, mostKeys)
  /** A promise in every case, as the request path sees it. */
  const authenticate = async (headers: Record<string, string | string[]>, address = '192.0.2.1') =>
    authenticator.authenticate(headers, address)
  const bearer = (key: string, address?: string) => authenticate({ authorization: `Bearer ${key}` }, address)
  return { catalog, clock, authenticator, authenticate, bearer }
}

describe('Authenticator', () => {
  it.each(['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'])(
    'takes a key from the header %s',
    async (header) => {
      const { catalog, authenticate } = world()
      const key = catalog.addKey({ id: 'k' })
      await expect(
        authenticate({ [header]: header === 'authorization' ? `bearer  ${key} ` : ` ${key}` }),
      ).resolves.toMatchObject({ id: 'k' })
    },
  )

  it('looks past an Authorization header of another scheme', async () => {
    const { catalog, authenticate } = world()
    await expect(authenticate({ authorization: 'Basic eDp5', 'x-api-key': catalog.addKey() })).resolves.toBeDefined()
  })

  it('401 when no key was given, or a header was sent twice', async () => {
    const { authenticate, catalog } = world()
    const key = catalog.addKey()
    for (const headers of [{}, { 'x-api-key': [key, key] }, { authorization: 'Bearer' }, { authorization: '' }]) {
      await expect(authenticate(headers)).rejects.toMatchObject({ code: 'invalid_api_key', status: 401 })
    }
  })

  it('401 without a look-up for a key with any one character changed', async () => {
    const { catalog, bearer } = world()
    const key = catalog.addKey()
    await fc.assert(
      fc.asyncProperty(fc.nat(key.length - 1), fc.stringMatching(/^[!-~]$/), async (at, character) => {
        fc.pre(character !== key[at])
        await expect(bearer(key.slice(0, at) + character + key.slice(at + 1))).rejects.toMatchObject({
          code: 'invalid_api_key',
        })
      }),
    )
    expect(catalog.asked).toEqual([])
  })

  it('asks the catalog once for all requests that bring a new key at the same time', async () => {
    const { catalog, bearer } = world()
    const key = catalog.addKey()
    await Promise.all([bearer(key), bearer(key), bearer(key)])
    expect(catalog.asked).toHaveLength(1)
  })

  it('asks the catalog once for a key that it keeps in memory', async () => {
    const { catalog, bearer } = world()
    const key = catalog.addKey()
    await bearer(key)
    await bearer(key)
    expect(catalog.asked).toHaveLength(1)
  })

  it('never shows the catalog the key itself', async () => {
    const { catalog, bearer } = world()
    const key = catalog.addKey()
    await bearer(key)
    expect(catalog.asked.join()).toMatch(/^[0-9a-f]{64}$/)
  })

  it('does not ask again for an unknown key until 30 seconds have passed', async () => {
    const { catalog, clock, bearer } = world()
    const { value } = generateApiKey()
    const refused = () => expect(bearer(value)).rejects.toMatchObject({ code: 'invalid_api_key', status: 401 })
    await refused()
    clock.advance(29_999)
    await refused()
    expect(catalog.asked).toHaveLength(1)
    clock.advance(1)
    await refused()
    expect(catalog.asked).toHaveLength(2)
  })

  it('remembers a bounded number of unknown keys, the newest', async () => {
    const { catalog, bearer } = world()
    const keys = Array.from({ length: 10_001 }, () => generateApiKey().value)
    for (const key of keys) await bearer(key).catch(() => {})
    const asked = () => catalog.asked.length
    const before = asked()
    await bearer(keys.at(-1) ?? '').catch(() => {})
    await bearer(keys.at(1) ?? '').catch(() => {})
    expect(asked()).toBe(before)
    await bearer(keys.at(0) ?? '').catch(() => {})
    expect(asked()).toBe(before + 1)
  })

  it('503, never 401, when the catalog is away, and asks again at once', async () => {
    const { catalog, bearer } = world()
    const key = catalog.addKey()
    catalog.away = true
    await expect(bearer(key)).rejects.toMatchObject({ code: 'unavailable', status: 503 })
    catalog.away = false
    await expect(bearer(key)).resolves.toBeDefined()
  })

  it('goes on with the keys it knows while the catalog is away', async () => {
    const { catalog, bearer } = world()
    const key = catalog.addKey()
    await bearer(key)
    catalog.away = true
    await expect(bearer(key)).resolves.toBeDefined()
  })

  it('401 for a disabled key', async () => {
    const { catalog, bearer } = world()
    await expect(bearer(catalog.addKey({ enabled: false }))).rejects.toMatchObject({
      code: 'invalid_api_key',
      status: 401,
    })
  })

  it('401 from the moment at which a key expires, also for one in memory', async () => {
    const { catalog, clock, bearer } = world()
    const key = catalog.addKey({ expiresAt: clock.now() + 1000 })
    clock.advance(999)
    await bearer(key)
    clock.advance(1)
    await expect(bearer(key)).rejects.toMatchObject({ code: 'invalid_api_key', status: 401 })
  })

  it('401 for a secret that was replaced, once its grace period is over, and says that it was not the key that ended', async () => {
    const { catalog, clock, bearer } = world()
    const secretEndsAt = clock.now() + 1000
    const replaced = catalog.addKey({ secretEndsAt, expiresAt: secretEndsAt + 1000 })
    clock.advance(999)
    await bearer(replaced)
    clock.advance(1)
    const message = expect.stringContaining('secret of this API key was replaced')
    await expect(bearer(replaced)).rejects.toMatchObject({ code: 'invalid_api_key', status: 401, message })
    clock.advance(1000)
    await expect(bearer(replaced)).rejects.toMatchObject({ message: 'This API key has expired' })
  })

  it.each<Partial<ApiKeyEntry>>([
    { enabled: false },
    { expiresAt: 0 },
    { secretEndsAt: 0 },
    { allowedCidrs: ['10.0.0.0/8'] },
  ])('tells the process, and nobody else, which key it refuses: %j', async (fields) => {
    const { catalog, bearer } = world()
    const key = catalog.addKey({ id: 'the-refused', ...fields })
    for (const time of ['first', 'again']) {
      const error = await bearer(key).catch((cause: unknown) => cause)
      expect([time, RefusedApiKey.apiKeyOf(error)?.id]).toEqual([time, 'the-refused'])
      expect(inspect(error, { showHidden: true }) + JSON.stringify(error)).not.toContain('the-refused')
    }
  })

  it('knows of no key where none was given, or one that nobody knows, or the catalog is away', async () => {
    const { catalog, authenticate, bearer } = world()
    const keyOf = async (asked: Promise<unknown>) => RefusedApiKey.apiKeyOf(await asked.catch((cause) => cause))
    catalog.addKey()
    expect([await keyOf(authenticate({})), await keyOf(bearer(generateApiKey().value))]).toEqual([undefined, undefined])
    catalog.away = true
    expect(await keyOf(bearer(generateApiKey().value))).toBeUndefined()
  })

  it('403 from an address that the key does not list, whatever form the address has', async () => {
    const { catalog, bearer } = world()
    const key = catalog.addKey({ allowedCidrs: ['10.0.0.0/8', '2001:db8::1'] })
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '2001:0db8::0001'])
      await expect(bearer(key, address)).resolves.toBeDefined()
    for (const address of ['11.0.0.1', '::ffff:11.0.0.1', '2001:db8::2', 'unknown', '10.1', ''])
      await expect(bearer(key, address)).rejects.toMatchObject({ code: 'resource_not_allowed', status: 403 })
  })

  it('403 from everywhere for a key that lists no address', async () => {
    const { catalog, bearer } = world()
    await expect(bearer(catalog.addKey({ allowedCidrs: [] }))).rejects.toMatchObject({ status: 403 })
  })

  it('401, not 403, from an address that is not listed when the key is not usable anywhere', async () => {
    const { catalog, bearer } = world()
    const key = catalog.addKey({ enabled: false, allowedCidrs: ['10.0.0.0/8'] })
    await expect(bearer(key)).rejects.toMatchObject({ code: 'invalid_api_key' })
  })

  it('keeps a bounded number of keys in memory, the newest', async () => {
    const { catalog, bearer } = world({ mostKeys: 10 })
    const keys = Array.from({ length: 11 }, () => catalog.addKey())
    for (const key of keys) await bearer(key)
    const before = catalog.asked.length
    await bearer(keys.at(-1) ?? '')
    await bearer(keys.at(1) ?? '')
    expect(catalog.asked).toHaveLength(before)
    await bearer(keys.at(0) ?? '')
    expect(catalog.asked).toHaveLength(before + 1)
  })
})

describe('a refresh', () => {
  const ENVIRONMENT = new Set(['e'])

  const changeable = async (entry: Partial<ApiKeyEntry> = {}) => {
    const { catalog, authenticator, bearer } = world()
    const key = catalog.addKey({ id: 'old', ...entry })
    await bearer(key)
    const [hash, old] = [...catalog.keys][0] ?? []
    if (hash === undefined || old === undefined) throw new Error('no key')
    const change = (id: string) => catalog.keys.set(hash, { ...old, id })
    const answered = async () => (await bearer(key)).id
    return { catalog, authenticator, bearer, key, change, answered }
  }

  it.each([ENVIRONMENT, 'all'] as const)('brings what has changed of keys in memory: %s', async (which) => {
    const { catalog, authenticator, change, answered } = await changeable()
    change('new')
    await authenticator.refresh(which)
    const asked = catalog.asked.length
    expect(await answered()).toBe('new')
    expect(catalog.asked).toHaveLength(asked)
  })

  it('refuses a key that was deleted or disabled', async () => {
    const { catalog, authenticator, bearer, key } = await changeable()
    const disabled = catalog.addKey()
    await bearer(disabled)
    const [deletedEntry, disabledEntry] = [...catalog.keys]
    if (!deletedEntry || !disabledEntry) throw new Error('no keys')
    catalog.keys.delete(deletedEntry[0])
    catalog.keys.set(disabledEntry[0], { ...disabledEntry[1], enabled: false })
    await authenticator.refresh(ENVIRONMENT)
    for (const refused of [key, disabled])
      await expect(bearer(refused)).rejects.toMatchObject({ code: 'invalid_api_key' })
  })

  it('leaves keys of other environments alone', async () => {
    const { catalog, authenticator, change, answered } = await changeable()
    change('new')
    const asked = catalog.asked.length
    await authenticator.refresh(new Set(['another']))
    expect(await answered()).toBe('old')
    expect(catalog.asked).toHaveLength(asked)
  })

  it('lets a key in at once that was unknown before', async () => {
    const { catalog, authenticator, bearer } = world()
    const { value, hash } = generateApiKey()
    await bearer(value).catch(() => {})
    catalog.addKey()
    const [entry] = catalog.keys.values()
    if (entry) catalog.keys.set(hash, entry)
    await authenticator.refresh(new Set())
    await expect(bearer(value)).resolves.toBeDefined()
  })

  it('reads more keys than fit one query', async () => {
    const { catalog, authenticator, bearer } = world()
    const keys = Array.from({ length: 1001 }, () => catalog.addKey())
    for (const key of keys) await bearer(key)
    catalog.keys.clear()
    await authenticator.refresh(ENVIRONMENT)
    for (const key of keys) await expect(bearer(key)).rejects.toMatchObject({ code: 'invalid_api_key' })
  })

  it('lets nobody wait: the old keys answer until the new ones have arrived', async () => {
    const { catalog, authenticator, key, change } = await changeable()
    change('new')
    const answer = catalog.hold()
    const refreshed = authenticator.refresh(ENVIRONMENT)
    const headers = { authorization: `Bearer ${key}` }
    expect(authenticator.authenticate(headers, '192.0.2.1')).toMatchObject({ id: 'old' })
    answer()
    await refreshed
    expect(authenticator.authenticate(headers, '192.0.2.1')).toMatchObject({ id: 'new' })
  })

  it('fails while the catalog is away, and what is known stays', async () => {
    const { catalog, authenticator, change, answered } = await changeable()
    change('new')
    catalog.away = true
    await expect(authenticator.refresh(ENVIRONMENT)).rejects.toThrow('ECONNREFUSED')
    expect(await answered()).toBe('old')
    catalog.away = false
    await authenticator.refresh(ENVIRONMENT)
    expect(await answered()).toBe('new')
  })

  it('does not bring back what was read before it, when that arrives after', async () => {
    const { catalog, authenticator, change, answered } = await changeable()
    const answerOld = catalog.hold()
    const old = authenticator.refresh(ENVIRONMENT)
    change('new')
    const answerNew = catalog.hold()
    const recent = authenticator.refresh(ENVIRONMENT)
    answerNew()
    await recent
    answerOld()
    await old
    expect(await answered()).toBe('new')
  })

  it('is done when it says so, also while a later one is still reading', async () => {
    const { catalog, authenticator, change, answered } = await changeable()
    change('new')
    const answerFirst = catalog.hold()
    const first = authenticator.refresh(ENVIRONMENT)
    const answerSecond = catalog.hold()
    const second = authenticator.refresh(ENVIRONMENT)
    answerFirst()
    await first
    expect(await answered()).toBe('new')
    answerSecond()
    await second
  })

  it('does not bring a deleted key back by a refresh that began before it was deleted', async () => {
    const { catalog, authenticator, bearer, key } = await changeable()
    const answerOld = catalog.hold()
    const old = authenticator.refresh(ENVIRONMENT)
    catalog.keys.clear()
    const answerNew = catalog.hold()
    const recent = authenticator.refresh(ENVIRONMENT)
    answerNew()
    await recent
    answerOld()
    await old
    await expect(bearer(key)).rejects.toMatchObject({ code: 'invalid_api_key' })
  })

  it('does not bring a revoked key back by a look-up that began before it was revoked', async () => {
    const { catalog, authenticator, bearer } = world()
    const key = catalog.addKey()
    const answer = catalog.hold()
    const underWay = bearer(key)
    catalog.keys.clear()
    await authenticator.refresh(ENVIRONMENT)
    const after = bearer(key)
    answer()
    await underWay
    await expect(after).rejects.toMatchObject({ code: 'invalid_api_key' })
    await expect(bearer(key)).rejects.toMatchObject({ code: 'invalid_api_key' })
  })

  it('does not keep refusing a key that was added while a look-up for it missed', async () => {
    const { catalog, authenticator, bearer } = world()
    const { value, hash } = generateApiKey()
    const answer = catalog.hold()
    const missed = bearer(value)
    catalog.addKey()
    const [entry] = catalog.keys.values()
    if (entry) catalog.keys.set(hash, entry)
    await authenticator.refresh(ENVIRONMENT)
    answer()
    await expect(missed).rejects.toMatchObject({ code: 'invalid_api_key' })
    await expect(bearer(value)).resolves.toBeDefined()
  })
})
