import type { Condition, FallbackCause, Rule, Timeouts } from '@vm-x/contract'
import type { TargetEntry } from '../catalog/catalog.ts'
import type { Problem } from './compile-condition.ts'

/** A resource as people configure it. */
export type ConfiguredResource = {
  readonly model: TargetEntry
  readonly routing: readonly Rule<TargetEntry>[]
  readonly secondaryModels: readonly TargetEntry[]
  readonly fallback: {
    readonly enabled: boolean
    readonly models: readonly TargetEntry[]
    readonly on?: readonly FallbackCause[] | null | undefined
  }
  readonly timeouts: Timeouts
}

/**
 * What of a resource can't take effect, whatever is asked of it, each with its path; empty when all of it can. What is
 * switched off is meant to have none. A rule behind one that applies to every request is among it, although it would be
 * reached while the connections of that one are off: that is what fallbacks are for. Whether rules compile is for
 * `checkRouting`, whether targets are there for those who know how they are named.
 */
export function resourceProblems(resource: ConfiguredResource): Problem[] {
  return [...ruleProblems(resource.routing), ...fallbackProblems(resource), ...timeoutProblems(resource.timeouts)]
}

function ruleProblems(rules: readonly Rule<TargetEntry>[]): Problem[] {
  const problems: Problem[] = []
  /** By its condition, the first rule that decides whenever it holds. */
  const deciding = new Map<string, number>()
  let always: number | undefined
  for (const [index, { enabled, when, traffic }] of rules.entries()) {
    if (!enabled) continue
    const path = ['routing', index]
    const truth = truthOf(when)
    const same = JSON.stringify(when)
    const before = always ?? deciding.get(same)
    if (before !== undefined) problems.push({ path, message: unreachable(before, always !== undefined) })
    else if (truth === false)
      problems.push({ path: [...path, 'when'], message: 'never holds: change it, or set enabled to false' })
    else if (traffic === 100) {
      deciding.set(same, index)
      if (truth) always = index
    }
  }
  return problems
}

const unreachable = (before: number, always: boolean) =>
  always
    ? `is never reached, since rule ${before} applies to every request: move it up, or set enabled to false`
    : `never decides, since rule ${before} has the same condition: change it, or set enabled to false`

/** Undefined where it depends on the request. */
function truthOf(when: Rule<unknown>['when']): boolean | undefined {
  if (!('expression' in when)) return truthOfCondition(when)
  const written = when.expression.trim()
  return written === 'true' ? true : written === 'false' ? false : undefined
}

function truthOfCondition(condition: Condition): boolean | undefined {
  if ('not' in condition) {
    const truth = truthOfCondition(condition.not)
    return truth === undefined ? undefined : !truth
  }
  if ('all' in condition) return truthOfParts(condition.all, false)
  return 'any' in condition ? truthOfParts(condition.any, true) : undefined
}

/** @param decisive one part of which settles the whole */
function truthOfParts(parts: readonly Condition[], decisive: boolean): boolean | undefined {
  const truths = parts.map(truthOfCondition)
  if (truths.includes(decisive)) return decisive
  return truths.every((truth) => truth === !decisive) ? !decisive : undefined
}

function fallbackProblems({ model, routing, secondaryModels, fallback }: ConfiguredResource): Problem[] {
  const { enabled, models, on } = fallback
  if (!enabled) return []
  if (models.length === 0)
    return [{ path: ['fallback', 'models'], message: 'is empty: name a model, or set enabled to false' }]
  if (on?.length === 0)
    return [
      { path: ['fallback', 'on'], message: 'is empty, so that no error leads to a fallback: set enabled to false' },
    ]
  // Where others may come first, falling back to the model itself makes sense.
  const elsewhere = routing.some(
    ({ enabled, then }) => enabled && targetsOf(then).some((target) => !isSame(target, model)),
  )
  if (elsewhere || secondaryModels.length > 0) return []
  return models.flatMap((each, index) =>
    isSame(each, model)
      ? [{ path: ['fallback', 'models', index], message: 'is the model of the resource, which was tried before' }]
      : [],
  )
}

function targetsOf(then: Rule<TargetEntry>['then']): readonly TargetEntry[] {
  if ('target' in then) return [then.target]
  if ('split' in then) return then.split.map(({ target }) => target)
  return 'targets' in then ? then.targets : []
}

const isSame = (a: TargetEntry, b: TargetEntry) => a.connectionId === b.connectionId && a.model === b.model

function timeoutProblems({ totalMs, ...stages }: Timeouts): Problem[] {
  if (totalMs === undefined) return []
  return Object.entries(stages).flatMap(([stage, limitMs]) =>
    limitMs !== undefined && limitMs > totalMs
      ? [{ path: ['timeouts', stage], message: 'is more than totalMs, which ends the request before' }]
      : [],
  )
}
