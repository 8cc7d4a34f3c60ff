import {
  aiResourceRoutes,
  apiKeyRoutes,
  auditEventRoutes,
  roleRoutes,
  auditRoutes as routes,
  workspaceRoutes,
} from '@vm-x/contract'
import { bytesOf, exchangeRecord } from '@vm-x/gateway/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { chatWith, environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { startWorld, type World, worldKinds } from '../testing/world.ts'

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
    const messages = [{ role: 'user', content: 'Hello' }]
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

    it('refuses a format that there is none of', async () => {
      const refused = await place.call(routes.exportAudit, { query: { format: 'xlsx' } })
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: 'format' }] } })
    })
  })
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
