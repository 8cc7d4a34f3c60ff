import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CatalogDouble } from '../testing/catalog-double.ts'
import { DrivenClock } from '../testing/driven-clock.ts'
import { generateApiKey } from './api-key.ts'
import { Authenticator } from './authenticator.ts'

const world = () => {
  const catalog = new CatalogDouble()
  const clock = new DrivenClock()
  const authenticator = new Authenticator(catalog, clock)
  /** A promise in every case, as the request path sees it. */
  const authenticate = async (headers: Record<string, string | string[]>) => authenticator.authenticate(headers)
  const bearer = (key: string) => authenticate({ authorization: `Bearer ${key}` })
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

  it('forgets hits and misses when told that configuration has changed', async () => {
    const { catalog, authenticator, bearer } = world()
    const revoked = catalog.addKey()
    const added = generateApiKey()
    await bearer(revoked)
    await bearer(added.value).catch(() => {})
    const [hash, entry] = [...catalog.keys][0] ?? []
    catalog.keys.clear()
    if (hash && entry) catalog.keys.set(added.hash, entry)
    authenticator.invalidate()
    await expect(bearer(revoked)).rejects.toMatchObject({ code: 'invalid_api_key' })
    await expect(bearer(added.value)).resolves.toBeDefined()
  })

  it('does not bring a revoked key back by a look-up that began before it was revoked', async () => {
    const { catalog, authenticator, bearer } = world()
    const key = catalog.addKey()
    const answer = catalog.hold()
    const underWay = bearer(key)
    catalog.keys.clear()
    authenticator.invalidate()
    answer()
    await underWay
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
    authenticator.invalidate()
    answer()
    await expect(missed).rejects.toMatchObject({ code: 'invalid_api_key' })
    await expect(bearer(value)).resolves.toBeDefined()
  })
})
