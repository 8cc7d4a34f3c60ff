import { expect, it } from 'vitest'
import { limitInWords, whatFollowed, whatRulesDid } from './decision-story.ts'

const target = (connection: string, model: string) => ({ connectionId: connection, connection, model })
const attempt = (connection: string, model: string, outcome: 'ok' | 'provider_timeout' | 'client_closed') => ({
  ...target(connection, model),
  provider: 'demo',
  outcome,
  sent: true,
})

it('tells a retry from the next target, and an end with targets left from one without', () => {
  const decision = {
    targets: [target('a', 'x'), target('b', 'y')],
    attempts: [
      attempt('a', 'x', 'provider_timeout'),
      attempt('a', 'x', 'provider_timeout'),
      attempt('b', 'y', 'provider_timeout'),
    ],
  }
  expect([0, 1, 2].map((index) => whatFollowed({ decision }, index))).toEqual([
    'The same target was tried again.',
    'The next target was tried.',
    'There was no other target to try.',
  ])
  const left = { ...decision, attempts: [attempt('a', 'x', 'client_closed')] }
  expect(whatFollowed({ decision: left }, 0)).toBe('No further target was tried.')
  expect(whatFollowed({ decision: { ...decision, attempts: [attempt('a', 'x', 'ok')] } }, 0)).toBeUndefined()
})

it('names the rule that decided by its place as people count', () => {
  const rules = [
    { index: 0, result: 'not_matched' as const },
    { index: 1, result: 'matched' as const },
  ]
  const decision = { rules, targets: [], attempts: [] }
  expect(whatRulesDid({ decision, outcome: 'ok' })).toBe('Rule 2 decided.')
  expect(whatRulesDid({ decision, outcome: 'blocked_by_route' })).toBe('Rule 2 blocked the request.')
  expect(whatRulesDid({ decision: { ...decision, rules: rules.slice(0, 1) }, outcome: 'ok' })).toMatch(/primary model/)
  expect(whatRulesDid({ decision: { ...decision, secondaryModel: 0 }, outcome: 'ok' })).toMatch(/secondary model 1/)
})

it('says which limit refused, and leaves what it does not know as it is', () => {
  expect(limitInWords('connection minute requests')).toBe('requests per minute of the connection')
  expect(limitInWords('connection model day tokens discovered')).toBe(
    "tokens per day of the connection's model, which the provider has told",
  )
  expect(limitInWords('resource minute requests by source-ip')).toBe(
    'requests per minute for each source address of the resource',
  )
  expect(limitInWords('api-key concurrent requests')).toBe('requests at the same time of the API key')
  expect(limitInWords('something else')).toBe('something else')
})
