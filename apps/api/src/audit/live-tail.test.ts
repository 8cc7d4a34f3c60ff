import type { ExchangeRecord } from '@vm-x/gateway'
import { bytesOf, exchangeRecord } from '@vm-x/gateway/testing'
import { type OpenedDatabase, SqlAuditStore } from '@vm-x/storage'
import { testDatabases } from '@vm-x/storage/testing'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LiveTailParts, liveTail } from './live-tail.ts'
import { parseMark, type TailMark } from './tail-mark.ts'

describe.each(testDatabases)('a live tail, on $kind', ({ open }) => {
  let database: OpenedDatabase
  let store: SqlAuditStore
  beforeAll(async () => {
    database = await open()
    store = new SqlAuditStore(database)
  })
  afterAll(() => database?.close())

  /** An environment, and tails of it whose clock moves with their pauses. */
  function place() {
    const scope = { workspaceId: uuidv7(), environmentId: uuidv7() }
    const add = async (changes: Partial<ExchangeRecord> = {}) => {
      const record = exchangeRecord({ ...scope, ...changes })
      await store.append([bytesOf(record)])
      return record
    }
    const follow = (from?: TailMark, parts: Partial<LiveTailParts> = {}, filter: { status?: number } = {}) => {
      let nowMs = Date.now()
      let left = false
      const events = liveTail({
        read: (limit, after) => store.tail(scope, { ...filter, limit }, after),
        visible: () => true,
        recheck: async () => () => true,
        from,
        clock: { now: () => nowMs, monotonicMs: () => nowMs },
        pause: async (ms) => {
          nowMs += ms
        },
        ending: () => left,
        ...parts,
      })
      const leave = () => {
        left = true
      }
      return { events, leave }
    }
    return { scope, add, follow }
  }

  /** The ids of the next exchanges, and where they were left. */
  async function next(events: AsyncGenerator<string>, count: number) {
    const ids: string[] = []
    let mark: TailMark | undefined
    while (ids.length < count) {
      const { value, done } = await events.next()
      if (done) throw new Error('The tail has ended')
      const event = value as string
      mark = parseMark(/^id: (.*)$/m.exec(event)?.[1] ?? '')
      const data = /^data: (.*)$/m.exec(event)?.[1]
      if (data !== undefined) ids.push(JSON.parse(data).id)
    }
    return { ids, mark }
  }

  const opening = async (events: AsyncGenerator<string>) =>
    parseMark(/^id: (.*)$/m.exec((await events.next()).value ?? '')?.[1] ?? '')

  it('gives what arrives after it began, in the order of arrival', async () => {
    const { add, follow } = place()
    await add()
    const { events } = follow()
    await events.next()
    const later = await add({ startedAt: Date.UTC(2026, 5, 1) })
    const earlier = await add({ startedAt: Date.UTC(2026, 4, 1) })
    expect((await next(events, 2)).ids).toEqual([later.id, earlier.id])
  })

  it('goes on after any of its events, with none left out and none given twice', async () => {
    const { add, follow } = place()
    await add()
    const { events } = follow()
    const marks = [await opening(events)]
    const all = [await add(), await add(), await add()].map(({ id }) => id)
    for (const _id of all) marks.push((await next(events, 1)).mark)
    all.push((await add()).id)
    for (const [given, mark] of marks.entries()) {
      const again = follow(mark)
      expect((await next(again.events, all.length - given)).ids).toEqual(all.slice(given))
    }
  })

  it('goes on where a filter leaves some out, and more than a page has been given before', async () => {
    const { scope, follow } = place()
    const { events } = follow(undefined, {}, { status: 200 })
    await events.next()
    const many = Array.from({ length: 450 }, (_one, index) =>
      exchangeRecord({ ...scope, status: index % 2 === 0 ? 200 : 503 }),
    )
    await store.append(many.map(bytesOf))
    const wanted = new Set(many.filter(({ status }) => status === 200).map(({ id }) => id))
    const first = await next(events, 210)
    const second = await next(follow(first.mark, {}, { status: 200 }).events, 15)
    expect(new Set([...first.ids, ...second.ids])).toEqual(wanted)
  })

  it('gives again rather than leaving out what has become visible before the place where it was left', async () => {
    const { scope, add, follow } = place()
    const { events } = follow()
    await events.next()
    const first = await add()
    const { mark } = await next(events, 1)
    const late = exchangeRecord(scope)
    await sql`insert into audit_exchange (id, at, workspace_id, environment_id, operation, outcome, status, stream,
        duration_ms, source_address, record, recorded_at)
      values (${late.id}, now(), ${scope.workspaceId}, ${scope.environmentId}, 'chat', 'ok', 200, false, 1, '::1',
        ${JSON.stringify(late)}, clock_timestamp() - interval '20 seconds')`.execute(database.db)
    expect((await next(follow(mark).events, 2)).ids).toEqual([late.id, first.id])
  })

  it('ends within half a minute after whoever listens may no more, and shows what they may see by then', async () => {
    const { add, follow } = place()
    const shown: ExchangeRecord[] = []
    const { events } = follow(undefined, {
      visible: () => false,
      recheck: async () => {
        if (shown.length > 0) return undefined
        shown.push(await add())
        return () => true
      },
    })
    await events.next()
    await add()
    const rest: string[] = []
    for await (const event of events) if (event.includes('data:')) rest.push(event)
    expect(rest).toEqual([expect.stringContaining(`"id":"${shown[0]?.id}"`)])
  })

  it('says that it is still there, with a place to go on from that has moved', async () => {
    const { add, follow } = place()
    const { events } = follow(undefined, { visible: () => false })
    await events.next()
    await add()
    const { value } = await events.next()
    const mark = parseMark(/^: still here\nid: (.*)\n\n$/.exec(value ?? '')?.[1] ?? '')
    const shown = await add()
    expect((await next(follow(mark).events, 1)).ids).toEqual([shown.id])
  })

  it('begins five minutes ago for whoever comes back later, and where nothing came for long gives nothing twice', async () => {
    const { scope, add, follow } = place()
    const long = await add()
    const tooLong = exchangeRecord(scope)
    const arrivedAgo = ({ id }: ExchangeRecord, seconds: number) =>
      sql`insert into audit_exchange (id, at, workspace_id, environment_id, operation, outcome, status, stream,
          duration_ms, source_address, record, recorded_at)
        values (${id}, now(), ${scope.workspaceId}, ${scope.environmentId}, 'chat', 'ok', 200, false, 1, '::1',
          ${JSON.stringify({ ...tooLong, id })}, clock_timestamp() - make_interval(secs => ${seconds}))`.execute(
        database.db,
      )
    await arrivedAgo(tooLong, 600)
    const fresh = await add()
    const left = { arrived: Date.now() - 3_600_000, given: 7, digest: 1 }
    expect((await next(follow(left).events, 2)).ids).toEqual([long.id, fresh.id])
  })

  it.each([
    ['of a time to come', { arrived: 999_999_999_999_999, given: 999_999, digest: 1 }],
    ['of the future', { arrived: Date.now() + 3_600_000, given: 0, digest: 0 }],
  ])('begins anew at a mark %s', async (_what, mark) => {
    const { add, follow } = place()
    await add()
    const { events } = follow(mark)
    await events.next()
    const fresh = await add()
    expect((await next(events, 1)).ids).toEqual([fresh.id])
  })

  it('looks for its place among few, and no further once it is told to end', async () => {
    const { add, follow } = place()
    await add()
    const { events } = follow()
    const mark = await opening(events)
    if (!mark) throw new Error('The tail has no mark')
    let reads = 0
    const counted = (given: number, ending: () => boolean) => {
      const read: LiveTailParts['read'] = async (limit, after) => {
        reads += 1
        const records = Array.from({ length: limit }, () => exchangeRecord({ id: uuidv7() }))
        return { records, position: after ?? { arrived: mark.arrived, seen: new Map() } }
      }
      return follow({ ...mark, given, digest: 1 }, { read, ending }).events
    }
    await counted(999_999, () => false).next()
    expect(reads).toBe(0)
    await counted(10_000, () => reads >= 2).next()
    expect(reads).toBe(2)
  })

  it('goes on after the last event of a page from what had arrived by then', async () => {
    const { add, follow } = place()
    const { events } = follow()
    await events.next()
    await add()
    const { mark } = await next(events, 1)
    expect(mark?.arrived).toBeGreaterThan(Date.now() - 60_000)
  })

  it('ends when it is told to', async () => {
    const { follow } = place()
    const { events, leave } = follow()
    await events.next()
    leave()
    expect(await events.next()).toMatchObject({ done: true })
  })
})

it.each(['', 'x', '1.2', '1.2.3.4', '-1.0.0', `${'9'.repeat(16)}.0.0`, '1.9999999.0'])(
  '%j is no place in a tail',
  (text) => expect(parseMark(text)).toBeUndefined(),
)
