import type { RoutingRule, RuleAction, Target } from './routing-rule.ts'

export type RuleTemplate = {
  readonly title: string
  readonly explanation: string
  readonly rule: (target: Target) => RoutingRule
}

const ruleOf = (description: string, when: RoutingRule['when'], then: RuleAction): RoutingRule => ({
  description,
  enabled: true,
  when,
  then,
  traffic: 100,
})

/** What a rule begins with that nothing is said about. */
export const newRule = (target: Target): RoutingRule =>
  ruleOf('', { all: [{ field: 'tokens.input', op: 'gt', value: 1000 }] }, { target })

/** Rules to start with; each is given the primary model, which people then change. */
export const RULE_TEMPLATES: readonly RuleTemplate[] = [
  {
    title: 'Long prompts to a larger model',
    explanation: 'Requests above a number of input tokens go to another target.',
    rule: (target) =>
      ruleOf(
        'Long prompts to a larger model',
        { all: [{ field: 'tokens.input', op: 'gt', value: 20_000 }] },
        { target },
      ),
  },
  {
    title: 'Split traffic',
    explanation: 'A tenth of the requests tries another model; a user always gets the same.',
    rule: (target) =>
      ruleOf(
        'Split traffic',
        { all: [] },
        {
          split: [
            { target, weight: 90 },
            { target, weight: 10 },
          ],
          sticky: 'request.user',
        },
      ),
  },
  {
    title: 'Block card numbers',
    explanation: 'Requests with what looks like a card number are refused.',
    rule: () =>
      ruleOf(
        'Block card numbers',
        {
          all: [
            {
              field: 'request.allMessagesContent',
              op: 'matches',
              value: '\\b\\d{4}[ -]?\\d{4}[ -]?\\d{4}[ -]?\\d{4}\\b',
            },
          ],
        },
        { block: 'Remove card numbers from the request' },
      ),
  },
]
