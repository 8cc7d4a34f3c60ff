import type { Comparison, Condition, Rule } from '@vm-x/contract'

export type Target = { readonly connectionId: string; readonly model: string }
export type RoutingRule = Rule<Target>
export type RuleAction = RoutingRule['then']
export type RuleCondition = Condition
export type RuleComparison = Comparison

export type SplitAction = Extract<RuleAction, { split: unknown }>
export type BalanceAction = Extract<RuleAction, { balance: unknown }>
