import type { Rule } from '@vm-x/contract'
import type { TargetEntry } from '../catalog/catalog.ts'
import type { RoutingSource } from '../catalog/snapshot.ts'
import type { ConditionResult, RuleResult } from '../ledger/exchange-record.ts'
import type { Compiled } from './comparison.ts'
import { type Action, compileAction, type Decided } from './compile-action.ts'
import { compileWhen } from './compile-condition.ts'
import type { NamedTarget, TargetNames } from './field.ts'
import { RequestView, type RoutingParts } from './request-view.ts'
import type { Routed, Routing } from './routing.ts'

/**
 * Compiles the rules of one resource. A rule that does not compile fails whenever it is looked at, and never matches:
 * what is stored was checked before, so this is a rule of another release.
 */
export function compileRouting(source: RoutingSource, parts: RoutingParts): Routing {
  const names: TargetNames = {
    // A connection that is off may be named: nothing is known of its targets then.
    exists: () => true,
    keyOf: ({ connection, model }: NamedTarget) => {
      const found = source.connectionNamed(connection)
      return found && `${found.id}/${model}`
    },
  }
  const rules = source.rules.map((rule) => compileRule(rule, source, names, parts))
  if (rules.length === 0) return { decide: () => UNDECIDED }
  return {
    decide(request) {
      const results: RuleResult[] = []
      const decided = firstMatch(rules, new RequestView(request, parts), parts.random, results)
      if (!decided) return { ...UNDECIDED, rules: results }
      return {
        targets: 'targets' in decided ? decided.targets : undefined,
        blocked: 'blocked' in decided ? decided.blocked : undefined,
        matched: results.length - 1,
        rules: results,
      }
    },
  }
}

const UNDECIDED: Routed = Object.freeze({ targets: undefined, blocked: undefined, matched: undefined, rules: [] })

type CompiledRule = {
  readonly enabled: boolean
  /** Undefined when the rule does not compile. */
  readonly holds: Compiled | undefined
  readonly act: Action | undefined
  readonly traffic: number
  readonly told: boolean
}

const compileRule = (
  { enabled, when, then, traffic }: Rule<TargetEntry>,
  source: RoutingSource,
  names: TargetNames,
  parts: RoutingParts,
): CompiledRule => ({
  enabled,
  holds: compileWhen(when, [], names, []),
  act: compileAction(then, source, names, parts),
  traffic,
  told: !('expression' in when),
})

function firstMatch(
  rules: readonly CompiledRule[],
  view: RequestView,
  random: () => number,
  results: RuleResult[],
): Decided | undefined {
  for (const [index, rule] of rules.entries()) {
    const made: ConditionResult[] = []
    let outcome: RuleResult['result'] | Decided
    try {
      outcome = outcomeOf(rule, view, random, made)
    } catch {
      outcome = 'failed'
    }
    const result = typeof outcome === 'string' ? outcome : 'matched'
    results.push(rule.told && made.length > 0 ? { index, result, conditions: made } : { index, result })
    if (typeof outcome !== 'string') return outcome
  }
  return undefined
}

function outcomeOf(
  { enabled, holds, act, traffic }: CompiledRule,
  view: RequestView,
  random: () => number,
  made: ConditionResult[],
): Exclude<RuleResult['result'], 'matched'> | Decided {
  if (!enabled) return 'disabled'
  if (!holds || !act) return 'failed'
  if (!holds(view, made)) return 'not_matched'
  if (traffic < 100 && random() * 100 >= traffic) return 'not_in_traffic'
  const decided = act(view)
  return 'targets' in decided && decided.targets.length === 0 ? 'no_target' : decided
}
