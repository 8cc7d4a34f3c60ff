import { describe, expect, it } from 'vitest'
import { DrivenClock } from '../testing/driven-clock.ts'
import { parseField, type TargetNames } from './field.ts'
import { RequestView } from './request-view.ts'
import { requestOf, silentSignals } from './routing.fixture.ts'
import type { RoutingRequest, TargetSignals } from './routing.ts'

const names: TargetNames = {
  exists: ({ connection }) => connection !== 'nowhere',
  keyOf: ({ connection, model }) => (connection === 'off' ? undefined : `id-${connection}/${model}`),
}

const clock = new DrivenClock()

function read(name: string, request: RoutingRequest, signals: Partial<TargetSignals> = {}) {
  const field = parseField(name, names)
  if (typeof field === 'string') throw new Error(field)
  return field.read(new RequestView(request, { signals: { ...silentSignals, ...signals }, random: () => 0.25, clock }))
}

const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
const chat = requestOf(
  {
    messages: [
      { role: 'system', content: 'Be kind' },
      { role: 'user', content: [{ type: 'text', text: 'one' }, image, { type: 'text', text: 'two' }] },
      { role: 'assistant', content: null },
    ],
    tools: [{}, {}],
    max_tokens: 5,
    max_completion_tokens: 7,
    response_format: { type: 'json_object' },
    reasoning_effort: 'low',
    user: 'ann',
  },
  {
    stream: true,
    metadata: { team: 'x', 'a.b': 'y' },
    headers: { 'x-team': 'blue', 'x-many': ['1', '2'] },
    labels: ['gold', 'eu'],
    inputTokens: 12.3,
  },
)
const bare = requestOf()

const VALUES: [field: string, value: unknown, ofBareRequest: unknown][] = [
  ['tokens.input', 13, 10],
  ['tokens.maxOutput', 7, undefined],
  ['request.messagesCount', 3, 0],
  ['request.toolsCount', 2, 0],
  ['request.stream', true, false],
  ['request.hasImages', true, false],
  ['request.responseFormat', 'json_object', undefined],
  ['request.reasoningEffort', 'low', undefined],
  ['request.user', 'ann', undefined],
  ['request.metadata.team', 'x', undefined],
  ['request.metadata.a.b', 'y', undefined],
  ['request.metadata.constructor', undefined, undefined],
  ['request.headers.X-Team', 'blue', undefined],
  ['request.headers.x-many', '1, 2', undefined],
  ['request.headers.constructor', undefined, undefined],
  ['request.firstMessage.content', 'Be kind', undefined],
  ['request.firstMessage.content.length', 7, undefined],
  ['request.lastMessage.content', '', undefined],
  ['request.lastMessage.content.length', 0, undefined],
  ['request.lastUserMessage.content', 'one\ntwo', undefined],
  ['request.lastUserMessage.content.length', 7, undefined],
  ['request.allMessagesContent', 'Be kind\none\ntwo\n', undefined],
  ['request.allMessagesContent.length', 16, undefined],
  ['apiKey.id', 'key-1', 'key-1'],
  ['apiKey.labels', ['gold', 'eu'], undefined],
  ['time.hour', 0, 0],
  ['time.weekday', 4, 4],
  ['random', 0.25, 0.25],
]

describe('fields', () => {
  it.each(VALUES)('%s has its value, and none where the request has none', (name, value, ofBareRequest) => {
    expect(read(name, chat)).toEqual(value)
    expect(read(name, bare)).toEqual(ofBareRequest)
  })

  it('reads the texts of prompts and inputs as messages of the user', () => {
    expect(read('request.lastUserMessage.content', requestOf({ prompt: 'hi' }, { operation: 'completion' }))).toBe('hi')
    expect(read('request.allMessagesContent', requestOf({ input: ['a', 'b'] }, { operation: 'embedding' }))).toBe(
      'a\nb',
    )
    expect(read('request.messagesCount', requestOf({ input: [1, 2] }, { operation: 'embedding' }))).toBe(0)
  })

  it.each([
    { messages: 'x', tools: {}, user: 5, max_tokens: 'many', response_format: 'json' },
    { messages: [null, 5, 'x', [], { role: {}, content: { text: 'x' } }, { content: [null, 5, { type: 'text' }] }] },
    { messages: [{ role: 'user', content: [{ type: 'text', text: { toString: 1 } }] }], max_tokens: 1e300 },
    { messages: [{ role: { toString: 1 }, content: 'x' }] },
    { messages: [{ role: { toString: null, valueOf: null }, content: { toString: 1 } }] },
  ])('survives a body of other shapes (%#)', (fields) => {
    for (const [name] of VALUES) expect(() => read(name, requestOf(fields))).not.toThrow()
  })

  it('counts weekdays from 1, Monday, to 7, Sunday, in UTC', () => {
    const days: unknown[] = []
    for (let day = 0; day < 7; day++) {
      days.push(read('time.weekday', bare))
      clock.advance(86_400_000)
    }
    expect(days).toEqual([4, 5, 6, 7, 1, 2, 3])
  })

  it.each([
    ['errorRate(5)', ['errorRate', 'p/m', 5]],
    ['errorRate( 60 , openai/gpt-4o )', ['errorRate', 'id-openai/gpt-4o', 60]],
    ['latency.p95(1)', ['latencyP95', 'p/m', 1]],
    ['latency.p95(1,openai/org/model)', ['latencyP95', 'id-openai/org/model', 1]],
    ['ttft.p95(7)', ['ttftP95', 'p/m', 7]],
    ['capacity.remainingPercent', ['remainingPercent', 'p/m']],
    ['capacity.remainingPercent(openai/m)', ['remainingPercent', 'id-openai/m']],
  ])('%s asks for what is known of the primary target or the named one', (name, expected) => {
    const asked: unknown[] = []
    const ask = (signal: string) => (key: string, minutes?: number) => {
      asked.push(...[signal, key, minutes].filter((part) => part !== undefined))
      return 42
    }
    const value = read(name, bare, {
      errorRate: ask('errorRate'),
      latencyP95: ask('latencyP95'),
      ttftP95: ask('ttftP95'),
      remainingPercent: (key) => ask('remainingPercent')(key),
    })
    expect(value).toBe(42)
    expect(asked).toEqual(expected)
  })

  it('knows nothing of a target whose connection is off, or of a primary target that is', () => {
    const signals = { errorRate: () => 1 }
    expect(read('errorRate(5, off/m)', bare, signals)).toBeUndefined()
    expect(read('errorRate(5)', requestOf({}, { primary: undefined }), signals)).toBeUndefined()
  })

  it.each([
    'request.nope',
    'request',
    'constructor',
    '__proto__',
    'toString()',
    'constructor(5)',
    'errorRate',
    'errorRate()',
    'errorRate(0)',
    'errorRate(61)',
    'errorRate(1.5)',
    'errorRate(5, gpt-4o)',
    'errorRate(5, nowhere/m)',
    'latency.p50(5)',
    'capacity.remainingPercent()',
    'request.metadata.',
    'request.headers.',
    'request.headers.a b',
  ])('there is no field %s', (name) => {
    expect(parseField(name, names)).toBeTypeOf('string')
  })

  it.each([
    'authorization',
    'Authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    'x-api-key',
    'api-key',
    'x-goog-api-key',
    'x-amz-security-token',
    'x-auth',
  ])('the header %s may not be looked at', (header) => {
    expect(parseField(`request.headers.${header}`, names)).toMatch(/credentials/)
  })
})
