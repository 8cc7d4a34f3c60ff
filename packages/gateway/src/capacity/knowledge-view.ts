import { compileTarget, type EnvironmentSnapshot, type Target } from '../catalog/snapshot.ts'
import { targetsOf } from '../catalog/targets-of.ts'
import type { Discovered, DiscoveredCapacity } from './discovered-capacity.ts'
import type { EstimateError } from './estimate-errors.ts'
import type { Estimates } from './estimates.ts'
import type { KnowledgeExchange } from './knowledge-exchange.ts'

/** What is known of one model at a connection. */
export type TargetKnowledge = {
  readonly connectionId: string
  readonly model: string
  readonly error?: EstimateError
  /** What its provider allows in a minute by its own words. */
  readonly discovered?: Discovered & {
    /** It is kept as a limit. */
    readonly enforced: boolean
  }
  /** Milliseconds for which its provider has asked to be left alone; absent where it may be asked now. */
  readonly heldForMs?: number
}

/** What was learned in an environment from its answers; by all replicas where they share it. */
export type EnvironmentKnowledge = {
  readonly error?: EstimateError
  readonly resources: readonly { readonly id: string; readonly error: EstimateError }[]
  /** Those of which something is known. */
  readonly targets: readonly TargetKnowledge[]
}

export type KnowledgeViewParts = {
  readonly exchange: Pick<KnowledgeExchange, 'look'>
  readonly estimates: Estimates
  readonly discovered: DiscoveredCapacity
  readonly heldMs: (targetKey: string) => number
}

export async function knowledgeView(
  { exchange, estimates: { errors }, ...parts }: KnowledgeViewParts,
  snapshot: EnvironmentSnapshot,
): Promise<EnvironmentKnowledge> {
  const targets = knownTargets(errors.lessons.keys(), snapshot)
  const resourceIds = Array.from(snapshot.resources.values(), ({ id }) => id)
  await exchange.look(
    snapshot.workspaceId,
    [snapshot.id, ...resourceIds, ...targets.map(({ key }) => key)].slice(0, MOST_LOOKED_AT),
    targets.slice(0, MOST_LOOKED_AT),
  )
  const error = errors.of(snapshot.id)
  return {
    ...(error && { error }),
    resources: resourceIds.flatMap((id) => {
      const itsError = errors.of(id)
      return itsError ? [{ id, error: itsError }] : []
    }),
    targets: targets.flatMap((target) => {
      const known = { ...parts, error: errors.of(target.key) }
      return knowledgeOf(target, known) ?? []
    }),
  }
}

function knowledgeOf(
  { connection, model, key }: Target,
  {
    error,
    discovered,
    heldMs,
  }: Pick<KnowledgeViewParts, 'discovered' | 'heldMs'> & { readonly error: EstimateError | undefined },
): TargetKnowledge | undefined {
  const told = discovered.of(key)
  const heldForMs = heldMs(key)
  if (!error && !told && heldForMs === 0) return undefined
  return {
    connectionId: connection.id,
    model,
    ...(error && { error }),
    ...(told && { discovered: { ...told, enforced: connection.discoveredCapacity === 'enforce' } }),
    ...(heldForMs > 0 && { heldForMs }),
  }
}

/** Those that configuration names, and those that this process has had answers of. */
export function knownTargets(answered: Iterable<string>, snapshot: EnvironmentSnapshot): readonly Target[] {
  const targets = new Map(targetsOf(snapshot).map((target) => [target.key, target]))
  const byId = new Map(Array.from(snapshot.connections.values(), (connection) => [connection.id, connection]))
  for (const key of answered) {
    const slash = key.indexOf('/')
    const connection = byId.get(key.slice(0, Math.max(0, slash)))
    if (connection && !targets.has(key)) targets.set(key, compileTarget(connection, key.slice(slash + 1)))
  }
  return [...targets.values()]
}

const MOST_LOOKED_AT = 2_000
