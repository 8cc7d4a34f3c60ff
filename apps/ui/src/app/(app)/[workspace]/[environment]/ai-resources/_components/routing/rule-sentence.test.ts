import { expect, it } from 'vitest'
import type { RoutingRule, RuleCondition } from './routing-rule.ts'
import { comparisonInWords, ruleSentence } from './rule-sentence.ts'
import { newRule, RULE_TEMPLATES } from './rule-templates.ts'

const names: Readonly<Record<string, string>> = { 'id-1': 'openai-eu', 'id-2': 'local' }
const nameOf = (id: string) => names[id]
const target = { connectionId: 'id-1', model: 'gpt-5' }
const rule = (fields: Partial<RoutingRule>): RoutingRule => ({ ...newRule(target), ...fields })
const when = (condition: RoutingRule['when'], traffic = 100) =>
  ruleSentence(rule({ when: condition, traffic }), nameOf).when
const then = (action: RoutingRule['then']) => ruleSentence(rule({ then: action }), nameOf).then

it('says a rule as people would', () => {
  const nested: RuleCondition = {
    all: [
      { field: 'tokens.input', op: 'gt', value: 2000 },
      {
        any: [
          { field: 'apiKey.labels', op: 'contains', value: 'production' },
          { not: { field: 'request.user', op: 'exists' } },
        ],
      },
    ],
  }
  expect(ruleSentence(rule({ when: nested }), nameOf)).toEqual({
    when: 'When input tokens > 2,000 and (label contains “production” or not (user is present))',
    then: 'go to gpt-5 at openai-eu',
  })
})

it('says rules for every request, for none and for a part of them', () => {
  expect(when({ all: [] })).toBe('For every request')
  expect(when({ any: [] })).toBe('Never')
  expect(when({ all: [] }, 10)).toBe('For 10% of requests')
  expect(when({ field: 'request.stream', op: 'eq', value: true }, 10)).toBe(
    'For 10% of requests when the answer is streamed',
  )
  expect(when({ not: { any: [{ all: [] }, { field: 'random', op: 'lt', value: 0.5 }] } })).toBe(
    'When not (always or chance < 0.5)',
  )
  expect(when({ expression: 'tokens.input > 5\n  && request.stream' })).toBe(
    'When `tokens.input > 5 && request.stream`',
  )
})

it.each([
  [{ field: 'errorRate(5, openai/gpt-5.1)', op: 'gt', value: 0.2 }, 'error rate of gpt-5.1 at openai over 5 min > 20%'],
  [{ field: 'ttft.p95(3)', op: 'gte', value: 4000 }, 'p95 time to first token over 3 min ≥ 4,000 ms'],
  [{ field: 'capacity.remainingPercent', op: 'lt', value: 10 }, 'remaining capacity < 10%'],
  [{ field: 'time.weekday', op: 'in', value: [6, 7] }, 'weekday is one of Saturday, Sunday'],
  [{ field: 'request.metadata.team', op: 'notExists' }, 'metadata “team” is absent'],
  [{ field: 'request.headers.', op: 'eq', value: '' }, 'header … is …'],
  [{ field: 'request.hasImages', op: 'ne', value: true }, 'no message has an image'],
  [{ field: 'apiKey.labels', op: 'in', value: ['a', 'b', 'c', 'd'] }, 'label has one of “a”, “b”, “c” or 1 more'],
  [{ field: 'of.another.release', op: 'eq', value: 'x' }, 'of.another.release is “x”'],
] as const)('says %o as “%s”', (comparison, words) => {
  const { field, op } = comparison
  const value = 'value' in comparison ? comparison.value : undefined
  expect(comparisonInWords({ field, op, value: Array.isArray(value) ? [...value] : (value as string) })).toBe(words)
})

it('says every action', () => {
  expect(then({ block: 'No' })).toBe('refuse with “No”')
  expect(then({ target: { connectionId: '', model: '' } })).toBe('go to a target to be chosen')
  const parts = [
    { target, weight: 33.3 },
    { target: { connectionId: 'id-2', model: 'qwen3' }, weight: 66.7 },
  ]
  expect(then({ split: parts, sticky: 'request.metadata.team' })).toBe(
    'send 33.3% to gpt-5 at openai-eu, 66.7% to qwen3 at local, the same metadata “team” always to the same',
  )
  expect(then({ balance: 'latency', targets: parts.map((part) => part.target) })).toBe(
    'go to the fastest of gpt-5 at openai-eu, qwen3 at local',
  )
})

it('has a sentence for each template', () => {
  expect(RULE_TEMPLATES.map((template) => ruleSentence(template.rule(target), nameOf).when)).toEqual([
    'When input tokens > 20,000',
    'For every request',
    expect.stringMatching(/^When text of all messages matches/),
  ])
})
