import type { Then } from '@vm-x/contract'
import type { TargetEntry } from '../catalog/catalog.ts'
import type { RoutingSource, Target } from '../catalog/snapshot.ts'
import { parseField, type TargetNames } from './field.ts'
import type { RequestView, RoutingParts } from './request-view.ts'
import { pickAtRandom, pickSticky } from './split.ts'

/** What a rule that applies does with the request. No targets: none of them can be called. */
export type Decided = { readonly targets: readonly Target[] } | { readonly blocked: string }
export type Action = (view: RequestView) => Decided

type Balance = Extract<Then<TargetEntry>, { balance: unknown }>
type Split = Extract<Then<TargetEntry>, { split: unknown }>

const LATENCY_MINUTES = 5

/** Undefined when it can't be compiled. */
export function compileAction(
  then: Then<TargetEntry>,
  source: RoutingSource,
  names: TargetNames,
  parts: RoutingParts,
): Action | undefined {
  if ('block' in then) {
    const decided = { blocked: then.block }
    return () => decided
  }
  if ('target' in then) {
    const target = source.targetOf(then.target)
    const decided = { targets: target ? [target] : [] }
    return () => decided
  }
  return 'split' in then ? compileSplit(then, source, names, parts) : compileBalance(then, source, parts)
}

function compileSplit(
  { split, sticky }: Split,
  source: RoutingSource,
  names: TargetNames,
  { random }: RoutingParts,
): Action | undefined {
  const parts = split.flatMap(({ target, weight }) => {
    const found = source.targetOf(target)
    return found ? [{ target: found, weight }] : []
  })
  const one = (target: Target | undefined) => ({ targets: target ? [target] : [] })
  if (sticky === undefined) return () => one(pickAtRandom(parts, random))
  const field = parseField(sticky, names)
  if (typeof field === 'string' || field.type !== 'text') return undefined
  return (view) => {
    const who = field.read(view)
    if (who === undefined) return one(pickAtRandom(parts, random))
    return one(pickSticky(parts, `${source.resourceId}\n${sticky}\n${who}\n`, ({ key }) => key))
  }
}

function compileBalance(
  { balance, targets }: Balance,
  source: RoutingSource,
  { random, signals }: RoutingParts,
): Action {
  const found = targets.flatMap((target) => source.targetOf(target) ?? [])
  if (found.length < 2) return () => ({ targets: found })
  if (balance === 'round-robin') {
    let turn = 0
    return () => {
      const first = turn
      turn = (turn + 1) % found.length
      return { targets: [...found.slice(first), ...found.slice(0, first)] }
    }
  }
  const cost =
    balance === 'least-busy'
      ? ({ key }: Target) => signals.inFlight(key)
      : // Unknown targets go first, so that they get known.
        ({ key }: Target) => signals.latencyP95(key, LATENCY_MINUTES) ?? -1
  return () => ({
    targets: found
      .map((target) => ({ target, cost: cost(target), tie: random() }))
      .sort((a, b) => a.cost - b.cost || a.tie - b.tie)
      .map(({ target }) => target),
  })
}
