import type { EnvironmentSnapshot } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'
import { type CapacityLevel, capacityLevel } from './capacity-level.ts'
import type { CapacityStore } from './capacity-store.ts'
import { type CompiledLimit, counterOf, type LimitedApiKey, type Limits, windowEndOf, windowOf } from './limits.ts'

export type CapacityViewParts = {
  readonly store: Pick<CapacityStore, 'peek'>
  readonly limits: Limits
  readonly clock: Clock
}

/**
 * Every limit that counts in an environment, as it stands: of its workspace, of itself, of its resources, connections
 * and their models, and of these API keys. One look at the store, which charges nothing. Of a limit with a dimension,
 * how many values are in use, for there may be very many.
 */
export async function capacityView(
  { store, limits, clock }: CapacityViewParts,
  snapshot: EnvironmentSnapshot,
  apiKeys: readonly LimitedApiKey[],
): Promise<readonly CapacityLevel[]> {
  const all = [...limits.ofAll(snapshot), ...apiKeys.flatMap((apiKey) => limits.ofApiKey(snapshot, apiKey))]
  const nowMs = clock.now()
  const look = await store.peek(
    all.filter(isPlain).map((limit) => counterOf(limit, NOBODY, nowMs)),
    all.filter((limit) => !isPlain(limit)).map((limit) => ({ key: limit.key, window: windowOf(limit, nowMs) })),
  )
  const [used, members] = [look.used.values(), look.members.values()]
  return all.map((limit) => {
    const plain = isPlain(limit)
    const level = capacityLevel(limit, plain ? used.next().value : undefined, windowEndOf(limit, nowMs), look.atMs)
    return plain ? level : { ...level, values: members.next().value ?? 0 }
  })
}

const isPlain = ({ dimension }: CompiledLimit) => dimension === undefined

/** Limits without a dimension look at no value. */
const NOBODY = { sourceAddress: '', user: undefined }
