import type { AuditTailPosition } from '@vm-x/gateway'
import { instant } from '../db/instant.ts'

/**
 * A row can become visible this long after it was written: what its statement had left to run, and the commit, each of
 * which a server ends after 15 seconds.
 */
const LATEST_MS = 30_000

/** A row of the audit, as a tail sees it. */
export type Arrival = { id: string; recorded_at: Date | null }

/** From when on rows must be looked at. */
export const tailSince = ({ arrived }: AuditTailPosition): Date => instant(arrived - LATEST_MS)

/**
 * What is new among `found`, the arrivals in order since {@link tailSince}, and the position after it.
 * @param newest the latest arrival of all, which was asked for before `found`
 */
export function advanceTail(
  after: AuditTailPosition,
  found: readonly Arrival[],
  newest: Date | null,
  limit = Infinity,
): { fresh: string[]; position: AuditTailPosition } {
  const arrivals = found.map(({ id, recorded_at }) => ({ id, arrived: recorded_at?.getTime() ?? 0 }))
  const fresh = arrivals.filter(({ id }) => !after.seen.has(id)).slice(0, limit)
  const reached = fresh.length === limit ? fresh.at(-1)?.arrived : newest?.getTime()
  const arrived = Math.max(after.arrived, reached ?? 0)
  const seen = [...after.seen, ...fresh.map(({ id, arrived }) => [id, arrived] as const)]
  return {
    fresh: fresh.map(({ id }) => id),
    position: { arrived, seen: new Map(seen.filter(([, at]) => at >= arrived - LATEST_MS)) },
  }
}
