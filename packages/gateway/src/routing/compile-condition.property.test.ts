import type { Comparison, Condition } from '@vm-x/contract'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { requestOf, routingOf } from './routing.fixture.ts'
import type { RoutingRequest } from './routing.ts'

/** The plain meaning of the fields that are drawn here, written without regard to how the product reads them. */
const FIELDS: Record<string, (request: RoutingRequest) => unknown> = {
  'request.user': ({ fields }) => (typeof fields['user'] === 'string' ? fields['user'] : undefined),
  'request.metadata.a': ({ metadata }) => metadata?.['a'],
  'request.messagesCount': ({ fields }) => (Array.isArray(fields['messages']) ? fields['messages'].length : 0),
  'tokens.maxOutput': ({ fields }) => (Number.isSafeInteger(fields['max_tokens']) ? fields['max_tokens'] : undefined),
  'tokens.input': ({ inputTokens }) => inputTokens,
  'request.stream': ({ stream }) => stream,
  'apiKey.labels': ({ principal: { labels } }) => (labels.length > 0 ? labels : undefined),
  'request.firstMessage.content': ({ fields }) => {
    const { messages } = fields
    if (!Array.isArray(messages) || messages.length === 0) return undefined
    const content: unknown = messages[0]?.content
    return typeof content === 'string' ? content : ''
  },
}

function holds(condition: Condition, request: RoutingRequest): boolean {
  if ('all' in condition) return !condition.all.some((part) => !holds(part, request))
  if ('any' in condition) return condition.any.filter((part) => holds(part, request)).length > 0
  if ('not' in condition) return !holds(condition.not, request)
  return compare(FIELDS[condition.field]?.(request), condition)
}

function compare(given: unknown, { op, value }: Comparison): boolean {
  const positive = { ne: 'eq', notContains: 'contains', notIn: 'in', notExists: 'exists' } as const
  if (op === 'ne' || op === 'notContains' || op === 'notIn' || op === 'notExists')
    return !compare(given, { field: '', op: positive[op], value })
  if (given === undefined) return false
  if (op === 'exists') return true
  const number = Number(given)
  const bound = Number(value)
  if (op === 'gt') return number > bound
  if (op === 'gte') return number >= bound
  if (op === 'lt') return number < bound
  if (op === 'lte') return number <= bound
  if (op === 'eq') return given === value
  if (op === 'in') {
    const wanted: unknown[] = Array.isArray(value) ? value : []
    return Array.isArray(given) ? given.some((item) => wanted.includes(item)) : wanted.includes(given)
  }
  if (op === 'contains' && Array.isArray(given)) return given.includes(value)
  const text = String(given)
  const part = String(value)
  if (op === 'contains') return text.split(part).length > 1 || part === ''
  if (op === 'startsWith') return text.slice(0, part.length) === part
  if (op === 'endsWith') return part === '' || text.slice(-part.length) === part
  return new RegExp(part, 'u').test(text)
}

const word = fc.constantFrom('', 'a', 'b', 'ab', 'ba', 'aab', 'é')
const number = fc.integer({ min: 0, max: 4 })
const textField = fc.constantFrom('request.user', 'request.metadata.a', 'request.firstMessage.content')
const numberField = fc.constantFrom('request.messagesCount', 'tokens.maxOutput', 'tokens.input')

const comparison: fc.Arbitrary<Comparison> = fc.oneof(
  fc.record({
    field: textField,
    op: fc.constantFrom('eq', 'ne', 'contains', 'notContains', 'startsWith', 'endsWith'),
    value: word,
  }),
  fc.record({ field: textField, op: fc.constant('matches'), value: fc.constantFrom('^a', 'a+b$', '[^a]', '(a|b){2}') }),
  fc.record({ field: textField, op: fc.constantFrom('in', 'notIn'), value: fc.array(word, { minLength: 1 }) }),
  fc.record({ field: numberField, op: fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte'), value: number }),
  fc.record({ field: numberField, op: fc.constantFrom('in', 'notIn'), value: fc.array(number, { minLength: 1 }) }),
  fc.record({ field: fc.constant('request.stream'), op: fc.constantFrom('eq', 'ne'), value: fc.boolean() }),
  fc.record({ field: fc.constant('apiKey.labels'), op: fc.constantFrom('contains', 'notContains'), value: word }),
  fc.record({
    field: fc.constant('apiKey.labels'),
    op: fc.constantFrom('in', 'notIn'),
    value: fc.array(word, { minLength: 1 }),
  }),
  fc.record({ field: fc.constantFrom(...Object.keys(FIELDS)), op: fc.constantFrom('exists', 'notExists') }),
)

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    comparison,
    fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
  ),
}))

const content = fc.oneof(word, fc.constantFrom(null, 5, undefined), fc.constant([{ type: 'image_url' }]))
const messages = fc.array(fc.record({ role: fc.constantFrom('user', 'system'), content }), { maxLength: 4 })
const request: fc.Arbitrary<RoutingRequest> = fc
  .record({
    fields: fc.record(
      {
        messages: fc.oneof(messages, fc.jsonValue()),
        user: fc.oneof(word, fc.jsonValue()),
        max_tokens: fc.oneof(number, fc.jsonValue()),
      },
      { requiredKeys: [] },
    ),
    stream: fc.boolean(),
    metadata: fc.option(fc.dictionary(fc.constantFrom('a', 'b'), word), { nil: undefined }),
    labels: fc.array(word, { maxLength: 3 }),
    inputTokens: number,
  })
  .map(({ fields, ...more }) => requestOf(fields, more))

it('decides any condition over any body as the plain meaning of its words does', () => {
  fc.assert(
    fc.property(condition, request, (when, given) => {
      const [rule] = routingOf([{ when }]).decide(given).rules
      expect(rule?.result).toBe(holds(when, given) ? 'matched' : 'not_matched')
    }),
    { numRuns: 3_000 },
  )
})
