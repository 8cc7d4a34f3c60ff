import {
  aiResourceRoutes,
  apiKeyRoutes,
  auditEventRoutes,
  authRoutes,
  MANAGEMENT_PREFIX,
  roleRoutes,
  auditRoutes as routes,
  usageRoutes,
  workspaceRoutes,
} from '@vm-x/contract'
import { systemClock } from '@vm-x/gateway'
import { bytesOf, exchangeRecord } from '@vm-x/gateway/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { chatWith, environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { PROMPT } from '../testing/prompt.ts'
import { type Person, startWorld, type World, worldKinds } from '../testing/world.ts'

/** Records reach the store a moment later. */
const SHIPPED = { timeout: 10_000 }

describe.each(worldKinds)('the audit of an environment, on %s', (kind) => {
  let world: World
  let here: Awaited<ReturnType<typeof environmentOfItsOwn>>
  let there: typeof here
  let key: { id: string; value: string }
  /** What was asked for, by what came of it. */
  let ids: Record<'answered' | 'failed' | 'unknown' | 'chatted' | 'last', string>
  let resourceId: string

  beforeAll(async () => {
    world = await startWorld(kind)
    here = await environmentOfItsOwn(world)
    there = await environmentOfItsOwn(world)
    resourceId = await here.resource('plain')
    const model = { connectionId: here.connectionId, model: 'demo+status=503' }
    await here.resource('failing', { model, retries: { max: 0 } })
    key = await here.done(apiKeyRoutes.createApiKey, { body: { name: 'key' } })
    const idOf = async (asked: Promise<{ headers: Headers }>) => (await asked).headers.get('x-request-id') ?? ''
    const messages = [{ role: 'user', content: PROMPT }]
    const chat = { params: { aiResourceId: resourceId }, body: { messages } }
    ids = {
      answered: await idOf(chatWith(world, key.value, 'plain')),
      failed: await idOf(chatWith(world, key.value, 'failing')),
      unknown: await idOf(chatWith(world, key.value, 'nothing')),
      chatted: await idOf(here.call(aiResourceRoutes.chatWithAiResource, chat)),
      last: await idOf(chatWith(world, key.value, 'plain')),
    }
    await vi.waitFor(async () => expect(await listed()).toHaveLength(5), SHIPPED)
  })
  afterAll(() => world?.close())

  type Query = Record<string, string | number>
  const listed = async (query: Query = {}): Promise<string[]> =>
    (await here.done(routes.listAudit, { query })).items.map(({ id }: { id: string }) => id)

  /** Someone of the workspace who may do this in all of it, but not that. */
  async function personWith(allow: readonly string[], deny: readonly string[] = [], denied: readonly string[] = []) {
    const person = await world.person()
    const statements = [
      { effect: 'allow', actions: allow, resources: ['*'] },
      ...(deny.length > 0 ? [{ effect: 'deny', actions: deny, resources: denied }] : []),
    ]
    const role = await world.done(world.admin, roleRoutes.createRole, {
      body: { name: `role-${person.id}`, policy: { statements } },
    })
    await world.done(world.admin, roleRoutes.addRoleMember, { params: { roleId: role.id, userId: person.id } })
    await here.done(workspaceRoutes.addWorkspaceMember, { body: { email: person.email } })
    return person
  }

  it('lists every exchange, newest first, those of keys and those of users', async () => {
    const { items } = await here.done(routes.listAudit)
    expect(items.map(({ id }: { id: string }) => id)).toEqual([
      ids.last,
      ids.chatted,
      ids.unknown,
      ids.failed,
      ids.answered,
    ])
    expect(items[0]).toMatchObject({ apiKeyId: key.id, outcome: 'ok', status: 200, ...here.context })
    expect(items[1]).toMatchObject({ userId: world.admin.id, requestedModel: 'plain' })
    expect(items[1]).not.toHaveProperty('apiKeyId')
    expect(items[4].startedAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
  })

  it('is read page by page, without repeats', async () => {
    const pages: string[][] = []
    let cursor: string | undefined
    do {
      const query = { limit: 2, ...(cursor !== undefined && { cursor }) }
      const { items, next } = await here.done(routes.listAudit, { query })
      pages.push(items.map(({ id }: { id: string }) => id))
      cursor = next
    } while (cursor !== undefined)
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1])
    expect(pages.flat()).toEqual(await listed())
  })

  it.each<[Query | (() => Query), (keyof typeof ids)[]]>([
    [() => ({ apiKeyId: key.id }), ['last', 'unknown', 'failed', 'answered']],
    [() => ({ userId: world.admin.id }), ['chatted']],
    [() => ({ resourceId }), ['last', 'chatted', 'answered']],
    [() => ({ connectionId: here.connectionId, statusClass: '2xx' }), ['last', 'chatted', 'answered']],
    [{ statusClass: '5xx' }, ['failed']],
    [{ status: 404 }, ['unknown']],
    [{ outcome: 'model_not_found' }, ['unknown']],
    [{ errorText: 'UNAVAILABLE' }, ['failed']],
    [{ requestedModel: 'failing' }, ['failed']],
    [{ model: 'demo', provider: 'demo', operation: 'chat' }, ['last', 'chatted', 'answered']],
    [{ to: '2020-01-01T00:00:00Z' }, []],
  ])('is filtered by %j', async (query, expected) => {
    expect(await listed(typeof query === 'function' ? query() : query)).toEqual(expected.map((name) => ids[name]))
  })

  it.each([
    [{ cursor: 'bm90aGluZw' }, 'cursor'],
    [{ cursor: Buffer.from(`8640000000000000.${crypto.randomUUID()}`).toString('base64url') }, 'cursor'],
    [{ statuss: 200 }, 'statuss'],
    [{ from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'to'],
    [{ apiKeyId: 'x' }, 'apiKeyId'],
  ])('refuses %j, naming the field', async (query, path) => {
    expect(await here.call(routes.listAudit, { query })).toMatchObject({ status: 422, body: { errors: [{ path }] } })
  })

  it('shows one exchange with what was decided; nothing of another environment', async () => {
    const params = { exchangeId: ids.failed }
    const shown = await here.done(routes.getAuditExchange, { params })
    const attempts = [{ connection: 'demo', model: 'demo+status=503', status: 503 }]
    expect(shown).toMatchObject({ id: ids.failed, decision: { attempts } })
    expect(await there.call(routes.getAuditExchange, { params })).toMatchObject({ status: 404 })
    expect((await there.done(routes.listAudit)).items).toEqual([])
  })

  it('leaves out of lists, exports and tails what is denied, and needs a permission of its own for exports', async () => {
    const { workspaceId, environmentId } = here.context
    const hidden = [`workspace:${workspaceId}/environment:${environmentId}/audit:${ids.failed}`]
    const reader = await personWith(['audit:list', 'audit:get'], ['audit:get'], hidden)
    const items = (await here.call(routes.listAudit, {}, reader)).body.items.map(({ id }: { id: string }) => id)
    expect(items).toEqual([ids.last, ids.chatted, ids.unknown, ids.answered])
    expect(await here.call(routes.exportAudit, {}, reader)).toMatchObject({ status: 403 })
    const exporter = await personWith(['audit:export'], ['audit:get'], hidden)
    const { text } = await here.call(routes.exportAudit, {}, exporter)
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).id),
    ).toEqual(items)
  })

  describe('exported', () => {
    let place: typeof here
    let all: { id: string; status: number }[]
    const HOSTILE = '=HYPERLINK("http://x";"a,b")\r\n"'

    beforeAll(async () => {
      place = await environmentOfItsOwn(world)
      const records = Array.from({ length: 1103 }, (_one, index) =>
        exchangeRecord({
          ...place.context,
          startedAt: Date.UTC(2026, 0, 1) + index,
          status: index % 3 === 0 ? 503 : 200,
          user: HOSTILE,
        }),
      )
      await world.product.storage.audit.append(records.map(bytesOf))
      all = records.toReversed()
    })

    it('as NDJSON is what the list shows, over all pages, under a name of its own', async () => {
      const { headers, text } = await place.call(routes.exportAudit)
      expect(headers.get('content-type')).toBe('application/x-ndjson')
      expect(headers.get('content-disposition')).toMatch(
        new RegExp(`^attachment; filename="audit-${place.context.environmentId}-\\d{8}T\\d{6}Z\\.ndjson"$`),
      )
      const lines = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(lines.map(({ id }) => id)).toEqual(all.map(({ id }) => id))
      const { items } = await place.done(routes.listAudit, { query: { limit: 3 } })
      expect(lines.slice(0, 3)).toEqual(items)
    })

    it('as CSV has the same exchanges, and no formula', async () => {
      const query = { format: 'csv', statusClass: '5xx' }
      const { headers, text } = await place.call(routes.exportAudit, { query })
      expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
      const [header = [], ...rows] = rowsOf(text)
      const column = (name: string) => rows.map((row) => row[header.indexOf(name)])
      const wanted = all.filter(({ status }) => status === 503)
      expect(column('id')).toEqual(wanted.map(({ id }) => id))
      expect(new Set(column('user'))).toEqual(new Set([`'${HOSTILE}`]))
      expect(new Set(column('inputTokens'))).toEqual(new Set(['120']))
      expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([header.length]))
    })

    it('leaves an audit event of who did it, with what they asked for', async () => {
      const query = { format: 'csv', to: '2026-01-01T00:00:00Z' }
      await place.done(routes.exportAudit, { query })
      const { items } = await world.done(world.admin, auditEventRoutes.listAuditEvents, {
        query: { environmentId: place.context.environmentId, action: 'audit:export', limit: 1 },
      })
      const object = { kind: 'audit', id: place.context.environmentId }
      expect(items).toMatchObject([{ actor: { id: world.admin.id }, object, before: null, after: query }])
    })

    /** Takes all turns of heavy reads until it is told to give them back. */
    function occupied() {
      const { heavyReads } = world.product.storage.database
      const released = Promise.withResolvers<void>()
      const turns = Array.from({ length: 10 }, () => heavyReads.run(() => released.promise))
      const ended = Promise.allSettled(turns)
      const free = async () => {
        released.resolve()
        await ended
      }
      onTestFinished(free)
      return free
    }

    it('waits for its turn where others read, while pages and queries are refused and all else is answered', async () => {
      const free = occupied()
      const exported = place.call(routes.exportAudit, { query: { statusClass: '5xx' } })
      for (const answer of [await place.call(routes.listAudit), await usage(place)]) {
        expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
        expect(answer.headers.get('retry-after')).toBe('2')
      }
      expect(await world.call(world.admin, authRoutes.getCurrentSession)).toMatchObject({ status: 200 })
      await place.done(routes.getAuditExchange, { params: { exchangeId: all[0]?.id ?? '' } })
      expect((await chatWith(world, key.value, 'plain')).status).toBe(200)
      await free()
      expect((await exported).text.trimEnd().split('\n')).toHaveLength(368)
    })

    it('is one of few: more are refused until one has ended', async () => {
      const free = occupied()
      const exports = [place.call(routes.exportAudit), place.call(routes.exportAudit)]
      const refused = await place.call(routes.exportAudit)
      expect(refused).toMatchObject({ status: 503, body: { detail: expect.stringContaining('2 exports') } })
      await free()
      expect((await Promise.all(exports)).map(({ status }) => status)).toEqual([200, 200])
      expect((await place.call(routes.exportAudit)).status).toBe(200)
    })

    it.each<[string, (person: Person) => Promise<unknown>]>([
      ['the session has ended', (person) => world.done(person, authRoutes.signOut)],
      [
        'who asked is no member any more',
        ({ id }) => place.done(workspaceRoutes.removeWorkspaceMember, { params: { userId: id }, version: 1 }),
      ],
    ])('is broken off when %s', async (_what, lose) => {
      const person = await world.person('admin')
      await place.done(workspaceRoutes.addWorkspaceMember, { body: { email: person.email } })
      const clock = vi.spyOn(systemClock, 'now')
      const { audit } = world.product.storage
      const each = vi.spyOn(audit, 'each').mockImplementation(async function* () {
        yield exchangeRecord(place.context)
        await lose(person)
        const now = Date.now()
        clock.mockImplementation(() => now + 31_000)
        yield exchangeRecord({ ...place.context, user: 'not to be seen' })
      })
      const lines = world.logged.length
      const { workspaceId, environmentId } = place.context
      const path = routes.exportAudit.path
        .replace('{workspaceId}', workspaceId)
        .replace('{environmentId}', environmentId)
      const answer = await fetch(`${world.url}${MANAGEMENT_PREFIX}${path}`, { headers: { cookie: person.cookie } })
      expect(answer.status).toBe(200)
      await expect(answer.text()).rejects.toThrow()
      expect(world.logged.slice(lines).join('')).not.toContain('"level":"error"')
      each.mockRestore()
      clock.mockRestore()
    })

    it('refuses a format that there is none of', async () => {
      const refused = await place.call(routes.exportAudit, { query: { format: 'xlsx' } })
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: 'format' }] } })
    })
  })
})

const usage = ({ call }: Awaited<ReturnType<typeof environmentOfItsOwn>>) =>
  call(usageRoutes.queryUsage, {
    body: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', metrics: ['requests.sum'] },
  })

/** https://www.rfc-editor.org/rfc/rfc4180 */
function rowsOf(csv: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, bare, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? bare ?? '')
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}
