import type { RuleAction, Target } from './routing-rule.ts'
import { distributedEvenly } from './split-weights.ts'

export type ActionKind = 'target' | 'split' | 'balance' | 'block'

export function kindOfAction(then: RuleAction): ActionKind {
  if ('target' in then) return 'target'
  if ('split' in then) return 'split'
  return 'balance' in then ? 'balance' : 'block'
}

/** The targets that an action names, in its order. */
export function targetsOfAction(then: RuleAction): readonly Target[] {
  if ('target' in then) return [then.target]
  if ('split' in then) return then.split.map(({ target }) => target)
  return 'targets' in then ? then.targets : []
}

/** An action of another kind, with the targets that were chosen before. */
export function actionOfKind(kind: ActionKind, before: RuleAction, primary: Target): RuleAction {
  const chosen = targetsOfAction(before)
  const [first = primary, ...others] = chosen
  const several = others.length > 0 ? [first, ...others] : [first, primary]
  if (kind === 'target') return { target: first }
  if (kind === 'split') return { split: distributedEvenly(several.map((target) => ({ target, weight: 0 }))) }
  return kind === 'balance' ? { balance: 'latency', targets: several } : { block: 'This request is not allowed' }
}
