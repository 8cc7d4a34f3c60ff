import type { AuditTail, AuditTailPosition, Clock, ExchangeRecord } from '@vm-x/gateway'
import { RECHECK_MS } from './access-now.ts'
import { presentExchange } from './present-exchange.ts'
import { formatMark, markAfter, markOf, type TailMark } from './tail-mark.ts'

export type Visible = (record: ExchangeRecord) => boolean

export type LiveTailParts = {
  /** The tail of the store, for one environment and filter. */
  readonly read: (limit: number, after?: AuditTailPosition) => Promise<AuditTail>
  readonly visible: Visible
  /** What whoever listens may see by now; undefined: nothing any more. */
  readonly recheck: () => Promise<Visible | undefined>
  /** Where an earlier tail was left. */
  readonly from: TailMark | undefined
  readonly clock: Clock
  /** Resolves early when the tail is to end. */
  readonly pause: (ms: number) => Promise<void>
  readonly ending: () => boolean
}

const POLL_MS = 1000
const HEARTBEAT_MS = 15_000
const PAGE = 200
/** Whoever was away for longer gets what came in this time. */
const LONGEST_AWAY_MS = 5 * 60_000
/** To find the place among more of them costs more than to give them again. */
const MOST_GIVEN = 10_000

/**
 * Exchanges as they arrive, as server-sent events; each, and each heartbeat, has the id to go on from.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html: an id counts without data, too.
 */
export async function* liveTail(parts: LiveTailParts): AsyncGenerator<string> {
  const { read, recheck, from, clock, pause, ending } = parts
  let { visible } = parts
  let position = (from && (await resumed(parts, from))) ?? (await read(PAGE)).position
  yield `retry: 2000\n${idLine(markOf(position))}\n`
  let recheckAt = clock.now() + RECHECK_MS
  let heartbeatAt = clock.now() + HEARTBEAT_MS
  while (!ending()) {
    if (clock.now() >= recheckAt) {
      const allowed = await recheck()
      if (!allowed) return
      visible = allowed
      recheckAt = clock.now() + RECHECK_MS
    }
    const page = await read(PAGE, position)
    let mark = markOf(position)
    for (const record of page.records) {
      // With all of the page given, its end is the newer place to come back to.
      mark = record === page.records.at(-1) ? markOf(page.position) : markAfter(mark, record.id)
      if (visible(record)) yield `${idLine(mark)}event: exchange\ndata: ${JSON.stringify(presentExchange(record))}\n\n`
    }
    position = page.position
    if (clock.now() >= heartbeatAt) {
      yield `: still here\n${idLine(markOf(position))}\n`
      heartbeatAt = clock.now() + HEARTBEAT_MS
    }
    if (page.records.length < PAGE) await pause(POLL_MS)
  }
}

const idLine = (mark: TailMark) => `id: ${formatMark(mark)}\n`

/**
 * The position after what was given before; where that can't be told, the one from which it may be given again.
 * Undefined for a mark that is not of this time.
 */
async function resumed(
  { read, clock, ending }: LiveTailParts,
  { arrived, given, digest }: TailMark,
): Promise<AuditTailPosition | undefined> {
  if (arrived > clock.now() + LONGEST_AWAY_MS) return undefined
  const oldest = clock.now() - LONGEST_AWAY_MS
  if (arrived < oldest) return { arrived: oldest, seen: new Map() }
  const start: AuditTailPosition = { arrived, seen: new Map() }
  if (given > MOST_GIVEN) return start
  let position = start
  let found: TailMark = { arrived, given: 0, digest: 0 }
  while (found.given < given && !ending()) {
    const page = await read(Math.min(PAGE, given - found.given), position)
    if (page.records.length === 0) return start
    found = page.records.reduce((mark, { id }) => markAfter(mark, id), found)
    position = page.position
  }
  return found.digest === digest ? position : start
}
