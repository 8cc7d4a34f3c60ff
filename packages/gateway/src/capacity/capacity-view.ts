import type { EnvironmentSnapshot, Target } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'
import { type CapacityLevel, capacityLevel } from './capacity-level.ts'
import type { CapacityStore } from './capacity-store.ts'
import type { DiscoveredCapacity } from './discovered-capacity.ts'
import { type CompiledLimit, counterOf, type LimitedApiKey, type Limits, windowEndOf, windowOf } from './limits.ts'

export type CapacityViewParts = {
  readonly store: Pick<CapacityStore, 'peek'>
  readonly limits: Limits
  readonly discovered: Pick<DiscoveredCapacity, 'limitsOf'>
  readonly clock: Clock
}

/**
 * Every limit that counts in an environment, as it stands: of its workspace, of itself, of its resources, connections
 * and their models, and of these API keys. One look at the store, which charges nothing. Of a limit with a dimension,
 * how many values are in use, for there may be very many.
 *
 * @param targets whose providers may have told limits that are kept
 */
export async function capacityView(
  { store, limits, discovered, clock }: CapacityViewParts,
  snapshot: EnvironmentSnapshot,
  apiKeys: readonly LimitedApiKey[],
  targets: readonly Target[],
): Promise<readonly CapacityLevel[]> {
  const all = [
    ...limits.ofAll(snapshot),
    ...targets.flatMap((target) => discovered.limitsOf(target)),
    ...apiKeys.flatMap((apiKey) => limits.ofApiKey(snapshot, apiKey)),
  ]
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
