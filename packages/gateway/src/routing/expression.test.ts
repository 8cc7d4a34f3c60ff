import { describe, expect, it } from 'vitest'
import { checkRouting } from './check-routing.ts'
import { requestOf, routingOf, type World } from './routing.fixture.ts'
import type { RoutingRequest } from './routing.ts'

const request = requestOf(
  { messages: [{ role: 'user', content: 'Refund order 42' }], tools: [{}], max_tokens: 100 },
  { metadata: { team: 'blue' }, headers: { 'x-team': 'red' }, labels: ['gold', 'eu'], inputTokens: 1000 },
)

const result = (expression: string, of: RoutingRequest = request, world: World = {}) =>
  routingOf([{ when: { expression } }], world).decide(of).rules[0]?.result

const problem = (expression: string) => {
  const rule = { description: '', enabled: true, when: { expression }, ...action, traffic: 100 }
  return checkRouting([rule], ({ connection }) => connection !== 'nowhere')
}
// biome-ignore lint/suspicious/noThenProperty: the name that people write
const action = { then: { block: 'no' } }

describe('an expression', () => {
  it.each([
    'tokens.input > 500 && tokens.maxOutput <= 100',
    'tokens.input + tokens.maxOutput == 1100',
    'double(tokens.input) / 3.0 > 333.0',
    'request.messagesCount == 1 && request.toolsCount >= 1 && !request.stream',
    'request.firstMessage.content.startsWith("Refund")',
    'request.lastUserMessage.content.lowerAscii().contains("refund")',
    'request.allMessagesContent.length == 15 && size(request.allMessagesContent) == 15',
    'request.lastMessage.content.matches("order [0-9]+$")',
    'request.lastMessage . content // matches(\n .matches( // matches\n "^Ref")',
    'request.metadata.team == "blue" && request.metadata["team"] in ["blue", "green"]',
    'request.headers["x-team"] == "red"',
    'has(request.metadata.team) && !has(request.user) && !has(errorRate(5))',
    '"gold" in apiKey.labels && apiKey.labels.exists(l, l.startsWith("e"))',
    'apiKey.labels.filter(l, l != "eu").all(l, l == "gold")',
    '["refund", "chargeback"].exists(w, request.lastMessage.content.lowerAscii().contains(w))',
    'apiKey.id == "key-1" && time.weekday == 4 && time.hour < 1 && random >= 0.0 && random < 1.0',
    'tokens.input > 5000 ? false : true',
    `["refund"${',"chargeback"'.repeat(49)}].exists(w, request.lastMessage.content.lowerAscii().contains(w))`,
    'apiKey.labels.exists(l, request.allMessagesContent.lowerAscii().contains(l + "+")) || request.stream == false',
    'request.metadata.team + "/" + string(request.messagesCount) == "blue/1"',
  ])('holds: %s', (expression) => {
    expect(problem(expression)).toEqual([])
    expect(result(expression)).toBe('matched')
  })

  it.each([
    'request.user == "x"',
    'request.user != "x"',
    'errorRate(5) > 0.1',
    '!(errorRate(5) > 0.1)',
    'request.metadata.other.matches("x")',
  ])('does not match when it needs a value that is absent: %s', (expression) => {
    expect(result(expression)).toBe('not_matched')
  })

  it('can do without an absent value where the rest decides', () => {
    expect(result('request.user == "x" || tokens.input > 1')).toBe('matched')
    expect(result('"x" in apiKey.labels || !("x" in apiKey.labels)', requestOf())).toBe('matched')
  })

  it('asks for the statistics of the primary target or of a named one', () => {
    const world = {
      signals: {
        errorRate: (key: string) => (key === 'p/m' ? 0.5 : undefined),
        latencyP95: (key: string, minutes: number) => (key === 'b/org/m' && minutes === 10 ? 900 : undefined),
        remainingPercent: () => 20,
      },
    }
    const expression =
      'errorRate(5) > 0.4 && latency.p95(10, "conn-b/org/m") >= 900.0 && capacity.remainingPercent < 21.0 && capacity.remainingPercent("conn-b/m") < 21.0'
    expect(problem(expression)).toEqual([])
    expect(result(expression, request, world)).toBe('matched')
  })

  it('fails, and does not match, when it can not be evaluated', () => {
    expect(result('1 / (tokens.input - 1000) == 1')).toBe('failed')
    expect(result('tokens.input + 9223372036854775807 > 0')).toBe('failed')
  })

  it.each([
    ['', 'nothing'],
    ['tokens.input >', 'syntax'],
    ['tokens.input', 'no yes or no'],
    ['tokens.input > "5"', 'types'],
    ['request.stream == "true"', 'types'],
    ['request.nope == "x"', 'unknown field'],
    ['nope', 'unknown name'],
    ['request', 'the request itself'],
    ['request == request', 'the request itself'],
    ['request.messages.size() > 1', 'the messages'],
    ['request.headers.size() > 1', 'all headers'],
    ['request.headers["authorization"] == "x"', 'a credential'],
    ['request.headers[request.user] == "x"', 'a name that the request chooses'],
    ['request.constructor == "x"', 'a prototype'],
    ['apiKey.labels["constructor"] == "x"', 'a prototype'],
    ['_request.text(0) == "x"', 'what it is rewritten to'],
    ['errorRate(0) > 0.1', 'minutes'],
    ['errorRate(61) > 0.1', 'minutes'],
    ['errorRate(tokens.input) > 0.1', 'computed minutes'],
    ['request.user.matches(request.user)', 'a pattern that the request chooses'],
    ['request.user.matches("(a{1,100}){1,100}")', 'a hostile pattern'],
    ['request.user.matches("(?=a)")', 'a pattern that is none'],
    ['"aaaa".matches("a")', 'a pattern over no field'],
    ['apiKey.labels.exists(l, request.user.matches("a"))', 'patterns in a loop'],
    ['apiKey.labels.exists(a, apiKey.labels.exists(b, a == b))', 'nested comprehensions'],
    ['apiKey.labels.exists(a, apiKey.labels.filter(b, a == b) == ["x"])', 'nested comprehensions'],
    ['apiKey.labels.exists(request, true)', 'a variable that hides a field'],
    ['request.allMessagesContent.contains(request.user)', 'a search that the request can make slow'],
    [`[${Array(50).fill(1)}].exists(w, request.user${'.lowerAscii()'.repeat(10)} == "x")`, 'much work in a loop'],
    [`[1].map(x, "aaaaaaaa")${'.map(x, x+x+x+x+x+x+x+x)'.repeat(8)}.exists(x, x == "a")`, 'texts that grow'],
    [`apiKey.labels.map(x, [x])${'.map(x, x+x+x+x+x+x+x+x)'.repeat(8)}.exists(x, x == ["a"])`, 'lists that grow'],
    [`apiKey.labels${'.map(x, [x, x])'.repeat(20)} == apiKey.labels${'.map(x, [x, x])'.repeat(20)}`, 'trees that grow'],
    ['cel.bind(x, tokens.input, x > 1)', 'bindings'],
    ['request.user.split("").size() > 1', 'lists out of texts'],
    ['{"a": 1}["a"] == 1', 'maps'],
    ['type(tokens.input) == int', 'types as values'],
    ['timestamp("2026-01-01T00:00:00Z") == timestamp("2026-01-01T00:00:00Z")', 'other functions'],
    [`${'('.repeat(100)}true${')'.repeat(100)}`, 'depth'],
    [`${'!'.repeat(500)}true`, 'depth'],
    [Array(500).fill('1<2').join('&&'), 'size'],
    [`1 in [${Array(100).fill('1').join(',')}]`, 'long lists'],
    [`request.user == "${'x'.repeat(2050)}"`, 'length'],
    [`request.user == "${'é'.repeat(1020)}"`, 'length in bytes'],
  ])('is refused, and never matches: %.60s (%s)', (expression) => {
    expect(problem(expression)).toMatchObject([{ path: [0, 'when', 'expression'], message: expect.any(String) }])
    expect(result(expression)).toBe('failed')
  })

  it('says where it can not be read', () => {
    expect(problem('tokens.input > 5 &&\n  ) == 1')).toMatchObject([
      { message: expect.stringMatching(/ at line 2, column 3$/) },
    ])
    expect(problem('request.stream && has(request.user) &&\n tokens.input > "5"')).toMatchObject([
      { message: expect.stringMatching(/ at line 2, column 2$/) },
    ])
    expect(problem('request.')).toMatchObject([{ message: expect.stringMatching(/ at line 1, column 9$/) }])
  })

  it('may name only targets that are there', () => {
    expect(problem('errorRate(5, "nowhere/m") > 0.1')).toMatchObject([
      { message: expect.stringContaining('nowhere/m') },
    ])
  })

  it('sees of a long text the first and the last 16 K, but its whole length', () => {
    const content = `first${'x'.repeat(50_000)}MIDDLE${'y'.repeat(50_000)}last`
    const long = requestOf({ messages: [{ role: 'user', content }] })
    expect(
      result(
        'request.lastMessage.content.startsWith("first") && request.lastMessage.content.endsWith("last") && !request.lastMessage.content.contains("MIDDLE") && request.lastMessage.content.length > 100000',
        long,
      ),
    ).toBe('matched')
  })

  it('tells different requests apart, one after the other', () => {
    const routing = routingOf([{ when: { expression: '"gold" in apiKey.labels && request.user == "ann"' } }])
    const of = (user: string, labels: string[]) => routing.decide(requestOf({ user }, { labels })).matched === 0
    expect([of('ann', ['gold']), of('bob', ['gold']), of('ann', []), of('ann', ['gold'])]).toEqual([
      true,
      false,
      false,
      true,
    ])
  })
})
