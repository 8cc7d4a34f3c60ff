type Target = { readonly connectionId: string; readonly model: string }
type Connection = {
  readonly id: string
  readonly enabled: boolean
  readonly allowedModels: readonly string[] | null
}

/** `tried`, or why the gateway passes over it. */
export type TargetState = 'tried' | 'unchosen' | 'unknown' | 'disabled' | 'not-allowed' | 'first-already'

/**
 * What would become of each target of a fallback chain after the primary model has failed: as in the gateway, what is off
 * or not allowed is left out, and what was tried first is not tried again.
 */
export const fallbackStates = (
  primary: Target,
  chain: readonly Target[],
  connections: readonly Connection[],
): TargetState[] =>
  chain.map((target) => {
    const state = stateOf(target, connections)
    const first = target.connectionId === primary.connectionId && target.model === primary.model
    return state === 'tried' && first ? 'first-already' : state
  })

export function stateOf({ connectionId, model }: Target, connections: readonly Connection[]): TargetState {
  if (connectionId === '' || model === '') return 'unchosen'
  const connection = connections.find(({ id }) => id === connectionId)
  if (!connection) return 'unknown'
  if (!connection.enabled) return 'disabled'
  return connection.allowedModels === null || connection.allowedModels.includes(model) ? 'tried' : 'not-allowed'
}

/** The same list with one element at another place. */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const rest = items.filter((_, index) => index !== from)
  return [...rest.slice(0, to), ...items.slice(from, from + 1), ...rest.slice(to)]
}
