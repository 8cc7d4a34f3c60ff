import { isUtf8 } from 'node:buffer'
import type { AuditFilter } from '@vm-x/contract'
import { z } from 'zod'
import { matchesFilter } from './audit-filter.ts'
import type { AuditPageQuery, AuditScope, AuditStore, AuditTail, AuditTailPosition } from './audit-store.ts'
import type { ExchangeRecord } from './exchange-record.ts'
import { BatchRejected } from './record-sink.ts'

/** An audit that lasts as long as the process: for tests and doubles. */
export class MemoryAuditStore implements AuditStore {
  readonly #records = new Map<string, ExchangeRecord>()

  async append(records: readonly Buffer[]): Promise<void> {
    for (const record of parseBatch(records)) {
      if (!this.#records.has(record.id)) this.#records.set(record.id, record)
    }
  }

  async get(scope: AuditScope, id: string): Promise<ExchangeRecord | undefined> {
    const record = this.#records.get(id)
    return record && inScope(scope, record) ? structuredClone(record) : undefined
  }

  async list(
    scope: AuditScope,
    { limit, cursor, ...filter }: AuditPageQuery,
  ): Promise<{ records: ExchangeRecord[]; next?: string }> {
    const before = cursor === undefined ? undefined : parseCursor(cursor)
    const found = this.#matching(scope, filter)
      .filter((record) => before === undefined || newestFirst(before, record) < 0)
      .sort(newestFirst)
    const records = structuredClone(found.slice(0, limit))
    const last = records.at(-1)
    return last && found.length > limit ? { records, next: formatCursor(last) } : { records }
  }

  async *each(scope: AuditScope, filter: AuditFilter): AsyncGenerator<ExchangeRecord> {
    for (const record of this.#matching(scope, filter).sort(newestFirst)) yield structuredClone(record)
  }

  /** Arrivals are counted, so none can become visible late. */
  async tail(
    scope: AuditScope,
    { limit, ...filter }: AuditFilter & { limit: number },
    after?: AuditTailPosition,
  ): Promise<AuditTail> {
    const all = [...this.#records.values()]
    const seen = new Map<string, number>()
    if (!after) return { records: [], position: { arrived: all.length, seen } }
    const found = [...all.entries()]
      .slice(after.arrived)
      .filter(([, record]) => inScope(scope, record) && matchesFilter(filter, record))
      .slice(0, limit)
    const last = found.length === limit ? found.at(-1) : undefined
    const records = found.map(([, record]) => structuredClone(record))
    return { records, position: { arrived: last ? last[0] + 1 : all.length, seen } }
  }

  #matching(scope: AuditScope, filter: AuditFilter): ExchangeRecord[] {
    return [...this.#records.values()].filter((record) => inScope(scope, record) && matchesFilter(filter, record))
  }
}

/** Throws {@link BatchRejected} unless every text is a record that any store could keep. */
export const parseBatch = (records: readonly Buffer[]): ExchangeRecord[] => records.map(parseRecord)

/** Whether whoever asks with `scope` may see it. */
export const inScope = (scope: AuditScope, { workspaceId, environmentId }: Place): boolean =>
  scope === 'operator' || (scope.workspaceId === workspaceId && scope.environmentId === environmentId)

type Place = {
  readonly workspaceId?: string | undefined | null
  readonly environmentId?: string | undefined | null
}

const parseRecord = (bytes: Buffer): ExchangeRecord => {
  const json = bytes.toString()
  if (!isUtf8(bytes) || UNSTORABLE.test(json)) throw new BatchRejected('A record holds text that no database takes')
  try {
    const record = JSON.parse(json)
    storable.parse(record)
    return record
  } catch (error) {
    throw new BatchRejected('A record is malformed', { cause: error })
  }
}

/** Escaped U+0000 or an escaped half of a surrogate pair, unless the backslash is itself escaped. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i

const LAST_MOMENT = Date.UTC(9999, 11, 31)

const count = z.int().nonnegative()

/** What stores rely on. Fields they only pass on are not looked at. */
const storable = z.looseObject({
  id: z.uuid(),
  startedAt: z.number().nonnegative().max(LAST_MOMENT),
  usage: z.looseObject({ input: count, cachedInput: count, output: count, reasoning: count }).optional(),
})

type Position = Pick<ExchangeRecord, 'startedAt' | 'id'>

const newestFirst = (a: Position, b: Position): number =>
  b.startedAt - a.startedAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)

const formatCursor = ({ startedAt, id }: Position): string =>
  Buffer.from(JSON.stringify([startedAt, id])).toString('base64url')

const cursorContent = z.tuple([z.number(), z.uuid()])

const parseCursor = (cursor: string): Position => {
  try {
    const [startedAt, id] = cursorContent.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    return { startedAt, id }
  } catch (error) {
    throw new Error('The cursor is not valid: pass the `next` of the page before, unchanged', { cause: error })
  }
}
