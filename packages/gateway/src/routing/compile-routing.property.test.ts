import type { Comparison, Condition, Rule } from '@vm-x/contract'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { TargetEntry } from '../catalog/catalog.ts'
import { DrivenClock } from '../testing/driven-clock.ts'
import { requestOf, routingOf } from './routing.fixture.ts'
import type { RoutingRequest, TargetSignals } from './routing.ts'

/** All that a decision depends on. */
type Case = {
  readonly request: RoutingRequest
  /** By signal and target, e.g. `errorRate p/m`. */
  readonly known: Readonly<Record<string, number>>
  readonly random: number
  readonly hours: number
  readonly off: readonly string[]
}

type Value = string | number | boolean | readonly string[] | undefined
type Message = { role?: unknown; content?: unknown }

/** The plain meaning of every field, written without regard to how the product reads them. */
const FIELDS: Record<string, { type: 'text' | 'whole' | 'number' | 'flag' | 'list'; of: (given: Case) => Value }> = {
  'request.user': { type: 'text', of: ({ request: { fields } }) => textOr(fields['user']) },
  'request.reasoningEffort': { type: 'text', of: ({ request: { fields } }) => textOr(fields['reasoning_effort']) },
  'request.responseFormat': {
    type: 'text',
    of: ({ request: { fields } }) => textOr(Object(fields['response_format'])['type']),
  },
  'request.metadata.a': { type: 'text', of: ({ request: { metadata } }) => metadata?.['a'] },
  'request.headers.X-A': {
    type: 'text',
    of: ({ request: { headers } }) =>
      Array.isArray(headers['x-a']) ? `${headers['x-a'][0]}, ${headers['x-a'][1]}` : headers['x-a'],
  },
  'request.firstMessage.content': { type: 'text', of: ({ request }) => textsOf(request)[0] },
  'request.lastMessage.content': { type: 'text', of: ({ request }) => textsOf(request).at(-1) },
  'request.lastUserMessage.content': {
    type: 'text',
    of: ({ request }) =>
      textsOf(request)
        .filter((_text, index) => messagesOf(request)[index]?.role === 'user')
        .at(-1),
  },
  'request.allMessagesContent': { type: 'text', of: ({ request }) => allOf(request) },
  'request.allMessagesContent.length': { type: 'whole', of: ({ request }) => allOf(request)?.length },
  'request.lastMessage.content.length': { type: 'whole', of: ({ request }) => textsOf(request).at(-1)?.length },
  'apiKey.id': { type: 'text', of: () => 'key-1' },
  'tokens.input': { type: 'whole', of: ({ request }) => request.inputTokens },
  'tokens.maxOutput': {
    type: 'whole',
    of: ({ request: { fields } }) => {
      const limit = fields['max_completion_tokens'] ?? fields['max_tokens']
      return typeof limit === 'number' && Number.isSafeInteger(limit) ? limit : undefined
    },
  },
  'request.messagesCount': { type: 'whole', of: ({ request }) => messagesOf(request).length },
  'request.toolsCount': {
    type: 'whole',
    of: ({ request: { fields } }) => {
      const tools = fields['tools'] ?? fields['functions']
      return Array.isArray(tools) ? tools.length : 0
    },
  },
  'time.hour': { type: 'whole', of: ({ hours }) => hours % 24 },
  // The clock of the tests begins on a Thursday.
  'time.weekday': { type: 'whole', of: ({ hours }) => ((3 + Math.floor(hours / 24)) % 7) + 1 },
  random: { type: 'number', of: ({ random }) => random },
  'errorRate(5)': { type: 'number', of: ({ known }) => known['errorRate p/m'] },
  'errorRate(5, conn-b/m)': { type: 'number', of: ({ known }) => known['errorRate b/m'] },
  'errorRate(5, nowhere/m)': { type: 'number', of: () => undefined },
  'latency.p95(5)': { type: 'number', of: ({ known }) => known['latencyP95 p/m'] },
  'ttft.p95(5, conn-b/m)': { type: 'number', of: ({ known }) => known['ttftP95 b/m'] },
  'capacity.remainingPercent': { type: 'number', of: ({ known }) => known['remainingPercent p/m'] },
  'request.stream': { type: 'flag', of: ({ request }) => request.stream },
  'request.hasImages': {
    type: 'flag',
    of: ({ request }) => messagesOf(request).some(({ content }) => JSON.stringify(content ?? 0).includes('"image')),
  },
  'apiKey.labels': {
    type: 'list',
    of: ({ request: { apiKey } }) => (apiKey && apiKey.labels.length > 0 ? apiKey.labels : undefined),
  },
}

const textOr = (value: unknown) => (typeof value === 'string' ? value : undefined)

function messagesOf({ operation, fields }: RoutingRequest): Message[] {
  if (operation === 'chat')
    return Array.isArray(fields['messages']) ? fields['messages'].map((message) => Object(message)) : []
  const given = [operation === 'embedding' ? fields['input'] : fields['prompt']].flat()
  return given.filter((text) => typeof text === 'string').map((content) => ({ role: 'user', content }))
}

const textsOf = (request: RoutingRequest): string[] =>
  messagesOf(request).map(({ content }) => {
    if (!Array.isArray(content)) return textOr(content) ?? ''
    return content.flatMap((part) => textOr(Object(part).text) ?? []).join('\n')
  })

const allOf = (request: RoutingRequest) =>
  messagesOf(request).length > 0 ? textsOf(request).reduce((all, text) => `${all}\n${text}`) : undefined

function holds(condition: Condition, given: Case): boolean {
  if ('all' in condition) return !condition.all.some((part) => !holds(part, given))
  if ('any' in condition) return condition.any.filter((part) => holds(part, given)).length > 0
  if ('not' in condition) return !holds(condition.not, given)
  return compare(FIELDS[condition.field]?.of(given), condition)
}

const POSITIVE = { ne: 'eq', notContains: 'contains', notIn: 'in', notExists: 'exists' } as const

function compare(given: Value, { op, value }: Comparison): boolean {
  if (op === 'ne' || op === 'notContains' || op === 'notIn' || op === 'notExists')
    return !compare(given, { field: '', op: POSITIVE[op], value })
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

type Told = { result: string; targets?: string[]; blocked?: string; sticky?: string }

/** What comes of each rule up to the one that decides. */
function decide(rules: readonly Rule<TargetEntry>[], given: Case): Told[] {
  const told: Told[] = []
  for (const rule of rules) {
    const outcome = outcomeOf(rule, given)
    told.push(outcome)
    if (outcome.result === 'matched') break
  }
  return told
}

function outcomeOf({ enabled, when, then, traffic }: Rule<TargetEntry>, given: Case): Told {
  if (!enabled) return { result: 'disabled' }
  if (!('expression' in when) && !holds(when, given)) return { result: 'not_matched' }
  if (given.random * 100 >= traffic) return { result: 'not_in_traffic' }
  if ('block' in then) return { result: 'matched', blocked: then.block }
  const on = ({ connectionId }: TargetEntry) => !given.off.includes(connectionId)
  const key = ({ connectionId, model }: TargetEntry) => `${connectionId}/${model}`
  const matched = (targets: string[]): Told =>
    targets.length > 0 ? { result: 'matched', targets } : { result: 'no_target' }
  if ('target' in then) return matched([then.target].filter(on).map(key))
  if ('balance' in then) {
    const targets = then.targets.filter(on).map(key)
    const cost = (target: string) =>
      then.balance === 'round-robin'
        ? 0
        : then.balance === 'latency'
          ? (given.known[`latencyP95 ${target}`] ?? -1)
          : (given.known[`inFlight ${target}`] ?? 0)
    return matched(targets.toSorted((a, b) => cost(a) - cost(b)))
  }
  const parts = then.split.filter(({ target, weight }) => on(target) && weight > 0)
  const who = then.sticky === undefined ? undefined : FIELDS[then.sticky]?.of(given)
  if (who !== undefined && parts.length > 0)
    return { result: 'matched', targets: parts.map(({ target }) => key(target)), sticky: String(who) }
  const sum = parts.reduce((total, { weight }) => total + weight, 0)
  const upTo = (index: number) => parts.slice(0, index + 1).reduce((total, { weight }) => total + weight, 0)
  const chosen = parts.find((_part, index) => given.random * sum < upTo(index))
  return matched(chosen ? [key(chosen.target)] : [])
}

const NAMES = Object.keys(FIELDS)
const fieldOf = (...types: string[]) =>
  fc.constantFrom(...NAMES.filter((name) => types.includes(FIELDS[name]?.type ?? '')))
const word = fc.constantFrom('', 'a', 'b', 'ab', 'ba', 'aab', 'é', 'a, b', 'a\nb')
const number = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom(0.25, 0.5))
const listOf = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: 1, maxLength: 4 })

const comparison: fc.Arbitrary<Comparison> = fc.oneof(
  fc.record({
    field: fieldOf('text'),
    op: fc.constantFrom('eq', 'ne', 'contains', 'notContains', 'startsWith', 'endsWith'),
    value: word,
  }),
  fc.record({
    field: fieldOf('text'),
    op: fc.constant('matches'),
    value: fc.constantFrom('^a', 'a+b$', '[^a]', '(a|b){2}'),
  }),
  fc.record({ field: fieldOf('text', 'list'), op: fc.constantFrom('in', 'notIn'), value: listOf(word) }),
  fc.record({
    field: fieldOf('whole', 'number'),
    op: fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte'),
    value: number,
  }),
  fc.record({ field: fieldOf('whole', 'number'), op: fc.constantFrom('in', 'notIn'), value: listOf(number) }),
  fc.record({ field: fieldOf('flag'), op: fc.constantFrom('eq', 'ne'), value: fc.boolean() }),
  fc.record({ field: fieldOf('list'), op: fc.constantFrom('contains', 'notContains'), value: word }),
  fc.record({ field: fc.constantFrom(...NAMES), op: fc.constantFrom('exists', 'notExists') }),
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

const part = fc.oneof(
  word.map((text) => ({ type: 'text', text })),
  fc.constantFrom({ type: 'image_url' }, { type: 'file' }, null, 5),
)
const content = fc.oneof(word, fc.constantFrom(null, 5, undefined), fc.array(part, { maxLength: 3 }))
const role = fc.constantFrom<unknown[]>('user', 'user', 'system', { toString: 1 }, null)
const messages = fc.array(fc.oneof(fc.record({ role, content }), fc.constantFrom(null, 5, 'x')), { maxLength: 4 })
const request: fc.Arbitrary<RoutingRequest> = fc
  .record({
    fields: fc.record(
      {
        messages: fc.oneof({ weight: 5, arbitrary: messages }, { weight: 1, arbitrary: fc.constantFrom('x', 5, {}) }),
        prompt: fc.oneof(word, listOf(word), fc.constant([1, 2])),
        input: fc.oneof(word, listOf(word), fc.constant([[1], [2]])),
        user: fc.oneof(word, fc.jsonValue()),
        reasoning_effort: fc.oneof(word, fc.jsonValue()),
        response_format: fc.oneof(fc.record({ type: word }), fc.constantFrom(null, 'a', ['a'])),
        max_tokens: fc.oneof(number, fc.jsonValue()),
        max_completion_tokens: fc.oneof(number, fc.jsonValue()),
        tools: fc.constantFrom(null, [], [{}, {}], {}),
        functions: fc.constantFrom(null, [{}]),
      },
      { requiredKeys: [] },
    ),
    operation: fc.constantFrom('chat', 'chat', 'completion', 'embedding'),
    stream: fc.boolean(),
    metadata: fc.option(fc.dictionary(fc.constantFrom('a', 'b'), word), { nil: undefined }),
    headers: fc.record({ 'x-a': fc.oneof(word, fc.tuple(word, word)) }, { requiredKeys: [] }),
    labels: fc.array(word, { maxLength: 3 }),
    inputTokens: fc.nat(4),
  })
  .map(({ fields, ...more }) => requestOf(fields, more))

const SIGNALS = ['errorRate', 'latencyP95', 'ttftP95', 'remainingPercent', 'inFlight']
const given: fc.Arbitrary<Case> = fc.record({
  request,
  known: fc.dictionary(
    fc.constantFrom(...SIGNALS.flatMap((signal) => ['p', 'a', 'b', 'c'].map((target) => `${signal} ${target}/m`))),
    number,
  ),
  random: fc.constantFrom(0, 0.1, 0.25, 0.5, 0.75, 0.99),
  hours: fc.nat(24 * 14),
  off: fc.subarray(['a', 'b', 'c']).filter(({ length }) => length < 3),
})

function decideCompiled(rules: readonly Partial<Rule<TargetEntry>>[], { request, known, random, hours, off }: Case) {
  const of = (signal: string) => (key: string) => known[`${signal} ${key}`]
  const signals: TargetSignals = {
    errorRate: (key, minutes) => (minutes === 5 ? of('errorRate')(key) : undefined),
    latencyP95: (key, minutes) => (minutes === 5 ? of('latencyP95')(key) : undefined),
    ttftP95: (key, minutes) => (minutes === 5 ? of('ttftP95')(key) : undefined),
    inFlight: (key) => of('inFlight')(key) ?? 0,
    remainingPercent: of('remainingPercent'),
  }
  const clock = new DrivenClock()
  clock.advance(hours * 3_600_000)
  return routingOf(rules, { signals, random: () => random, clock, off }).decide(request)
}

it('decides any condition over any body as the plain meaning of its words does', () => {
  fc.assert(
    fc.property(condition, given, (when, given) => {
      const [rule] = decideCompiled([{ when }], { ...given, off: [] }).rules
      expect(rule?.result).toBe(holds(when, given) ? 'matched' : 'not_matched')
    }),
    { numRuns: 3_000 },
  )
})

it('reads every field of any body as it is meant', () => {
  fc.assert(
    fc.property(given, (given) => {
      const all = NAMES.map((field): Comparison => {
        const value = FIELDS[field]?.of({ ...given, off: [] })
        if (value === undefined) return { field, op: 'notExists' }
        return typeof value === 'object' ? { field, op: 'in', value: [...value] } : { field, op: 'eq', value }
      })
      const [rule] = decideCompiled([{ when: { all } }], { ...given, off: [] }).rules
      expect(rule?.conditions?.find(({ result }) => !result)).toBeUndefined()
      expect(rule?.result).toBe('matched')
    }),
    { numRuns: 1_000 },
  )
})

/** The same condition as an expression. */
function expressionOf(condition: Condition): string {
  if ('all' in condition) return condition.all.map((part) => `(${expressionOf(part)})`).join(' && ') || 'true'
  if ('any' in condition) return condition.any.map((part) => `(${expressionOf(part)})`).join(' || ') || 'false'
  if ('not' in condition) return `!(${expressionOf(condition.not)})`
  const { field, op, value } = condition
  if (op === 'ne' || op === 'notContains' || op === 'notIn' || op === 'notExists')
    return `!(${expressionOf({ field, op: POSITIVE[op], value })})`
  const { type } = FIELDS[field] ?? {}
  const name = field.replace(/, (.*)\)/, ', "$1")').replace('.X-A', '["X-A"]')
  const literal = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(literal).join(',')}]`
    return type === 'number' && Number.isInteger(value) ? `${value}.0` : JSON.stringify(value)
  }
  const signs: Record<string, string> = { eq: '==', gt: '>', gte: '>=', lt: '<', lte: '<=', in: 'in' }
  if (op === 'exists') return `has(${name})`
  if (type === 'list') return op === 'in' ? `${name}.exists(l, l in ${literal(value)})` : `${literal(value)} in ${name}`
  const test = signs[op] ? `${name} ${signs[op]} ${literal(value)}` : `${name}.${op}(${literal(value)})`
  return `has(${name}) && ${test}`
}

const fractionOfWhole = (condition: Condition): boolean =>
  JSON.stringify(condition).includes('.5') || JSON.stringify(condition).includes('.25')

it('decides an expression as the condition that says the same', () => {
  fc.assert(
    fc.property(
      condition.filter((when) => !fractionOfWhole(when) && expressionOf(when).length < 700),
      given,
      (when, given) => {
        const [rule] = decideCompiled([{ when: { expression: expressionOf(when) } }], { ...given, off: [] }).rules
        expect(rule?.result, expressionOf(when)).toBe(holds(when, given) ? 'matched' : 'not_matched')
      },
    ),
    { numRuns: 2_000 },
  )
})

const entry = fc.constantFrom('a', 'b', 'c').map((connectionId): TargetEntry => ({ connectionId, model: 'm' }))
const entries = fc
  .shuffledSubarray(['a', 'b', 'c'], { minLength: 1 })
  .map((ids) => ids.map((connectionId): TargetEntry => ({ connectionId, model: 'm' })))
const then: fc.Arbitrary<Rule<TargetEntry>['then']> = fc.oneof(
  fc.record({ target: entry }),
  fc.record({ block: fc.constant('no') }),
  fc.record({ balance: fc.constantFrom('latency', 'least-busy', 'round-robin'), targets: entries }),
  fc
    .record({
      targets: entries,
      weights: fc.constantFrom([100, 0, 0], [30, 70, 0], [25, 50, 25]),
      sticky: fc.option(fc.constantFrom('request.user', 'apiKey.id', 'request.metadata.a'), { nil: undefined }),
    })
    .map(({ targets, weights, sticky }) => ({
      split: targets.map((target, index) => ({ target, weight: weights[index] ?? 0 })),
      ...(sticky === undefined ? {} : { sticky }),
    })),
)
const rule: fc.Arbitrary<Rule<TargetEntry>> = fc.record({
  description: fc.constant(''),
  enabled: fc.integer({ min: 0, max: 4 }).map((drawn) => drawn > 0),
  when: fc.oneof(condition, fc.constant<Condition>({ all: [] })),
  then,
  traffic: fc.constantFrom(100, 100, 10, 25, 60),
})

it('decides any list of rules as they read, and keeps each sticky value at one target', () => {
  const sides = new Map<string, string>()
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 5 }), given, (rules, given) => {
      const routed = decideCompiled(rules, given)
      const told = decide(rules, given)
      const last = told.at(-1)
      const matched = last?.result === 'matched' ? told.length - 1 : undefined
      expect(routed.rules.map(({ index, result }) => [index, result])).toEqual(
        told.map(({ result }, index) => [index, result]),
      )
      expect([routed.matched, routed.blocked]).toEqual([matched, last?.blocked])
      const targets = routed.targets?.map(({ key }) => key)
      if (last?.sticky === undefined) {
        expect(targets).toEqual(last?.targets)
        return
      }
      const [side = '', ...others] = targets ?? []
      expect(others).toEqual([])
      expect(last.targets).toContain(side)
      const which = JSON.stringify([rules[told.length - 1]?.then, last.sticky, last.targets])
      expect(side).toBe(sides.get(which) ?? side)
      sides.set(which, side)
    }),
    { numRuns: 3_000 },
  )
})
