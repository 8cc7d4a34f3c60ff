import { generateApiKey } from '@vm-x/gateway'
import { AIMOCK_REFUSALS } from '../aimock-upstream.ts'
import { aimock, demo, type Refused, type Row } from './row.ts'

const good = demo()
const onlyOne = { capacity: [{ period: 'lifetime', requests: 1 }] }
const ceiling = { capacity: [{ period: 'minute', tokens: 1_000_000, reserve: 'ceiling' }] }
/** A row of the provider table that offers chat and nothing else. */
const chatOnly = demo('', { provider: 'groq' })
const embedding = { path: '/embeddings', body: { input: 'Hi' } }
const atOnce = { retries: { max: 0 } }

const NOT_ITS_WORDS = /^(?!.*(?:Incorrect|demo provider|Emulated)).*The provider refused the gateway's credential/
const TOO_LONG = '+status=400+code=context_length_exceeded'
const MAX_BODY_BYTES = 1024 * 1024

/** Of the product that the rows are asked of. */
export const errorEnvironment = { MAX_BODY_MB: String(MAX_BODY_BYTES / 1024 / 1024), REQUEST_TIMEOUT_MS: '4000' }

/** The error table of the data plane. */
export const errorRows: readonly Row[] = [
  unasked('key-unknown', 'A key that nobody knows is told so', { code: 'invalid_api_key' }, [], {
    ask: { apiKey: generateApiKey().value },
  }),
  unasked('key-no-form', 'A key of another form is told so', { code: 'invalid_api_key' }, [], {
    ask: { apiKey: 'sk-of-another-product' },
  }),
  unasked('key-expired', 'A key that has expired is told so', { code: 'invalid_api_key' }, [], {
    key: { expiresAt: '2020-01-01T00:00:00Z' },
  }),
  unasked('key-disabled', 'A key that is disabled is told so', { code: 'invalid_api_key' }, [], {
    key: { enabled: false },
  }),
  unasked(
    'resource-not-allowed',
    'A key that may not use the resource is told so',
    { code: 'resource_not_allowed', param: 'model' },
    [],
    { key: { resources: [] } },
  ),
  unasked(
    'connection-not-allowed',
    'A key that does not list the connection may not call it directly',
    { code: 'resource_not_allowed', param: 'model' },
    [],
    { ask: { model: 'first/demo' } },
  ),
  unasked(
    'blocked',
    'A rule that blocks tells the client what it says',
    { code: 'blocked_by_route', message: /Not on Sundays/ },
    [],
    { resource: { routing: [{ when: { all: [] }, ...block('Not on Sundays') }] } },
  ),
  unasked('no-such-model', 'A name that is not there is told so', { code: 'model_not_found', param: 'model' }, [], {
    ask: { model: 'nothing' },
  }),
  unasked('no-such-url', 'A route that is not there is told so', { code: 'unknown_url', message: /\/v1/ }, [], {
    ask: { path: '/nothing' },
  }),
  unasked(
    'bad-field',
    'A field of the wrong type is named',
    { code: 'invalid_request', param: 'vmx.timeoutMs', message: /vmx\.timeoutMs/ },
    [],
    { ask: { body: { vmx: { timeoutMs: 'soon' } } } },
  ),
  unasked(
    'too-large',
    'A body that is too large is refused, and the limit is said',
    { code: 'invalid_request', status: 413, message: new RegExp(String(MAX_BODY_BYTES)) },
    [],
    { stream: false, ask: { body: { padding: 'x'.repeat(MAX_BODY_BYTES) } } },
  ),
  {
    name: 'large-headers',
    says: 'Headers that are too large are told so',
    targets: [good],
    ask: { headers: { 'x-large': 'x'.repeat(20_000) } },
    expected: { calls: [[]], unrecorded: true, refused: { code: 'headers_too_large' } },
  },
  unasked(
    'unavailable',
    'A resource without a target that is enabled is unavailable, which no retry cures',
    { code: 'unavailable', retry: false },
    [],
    { targets: [demo('', { enabled: false })] },
  ),

  unasked(
    'operation',
    'An operation that no target offers is refused',
    { code: 'unsupported_parameter', param: 'model' },
    ['(first unsupported_parameter)'],
    { targets: [chatOnly], ask: embedding },
  ),
  {
    name: 'operation-next',
    says: 'An operation that the first target does not offer goes to the next one',
    targets: [chatOnly, good],
    ask: embedding,
    expected: { calls: [['(first unsupported_parameter)', 'second ok']] },
  },
  unasked(
    'ceiling',
    'A limit that reserves the most a request can use asks for max_tokens',
    { code: 'unsupported_parameter', message: /max_tokens/ },
    ['(first unsupported_parameter)'],
    { targets: [demo('', ceiling)] },
  ),
  {
    name: 'ceiling-next',
    says: 'A target whose limit asks for max_tokens is left for the next one',
    targets: [demo('', ceiling), good],
    expected: { calls: [['(first unsupported_parameter)', 'second ok']] },
  },

  ...(['key', 'resource', 'environment', 'workspace'] as const).map((owner) =>
    unasked(
      `limit-${owner}`,
      `A limit of the ${owner} that is used up is told with its size and use, and no other target is asked`,
      {
        code: 'capacity_exceeded',
        retry: false,
        message: new RegExp(
          `limit of 1 request in all of this ${owner === 'key' ? 'API key' : owner} is reached: 1 is used`,
        ),
      },
      ['(first capacity_exceeded)'],
      { before: 1, targets: [good, good], [owner]: onlyOne },
    ),
  ),
  unasked(
    'limit-minute',
    'A limit per minute says when there is room again',
    { code: 'capacity_exceeded', retryAfterMs: 'some', message: /1 request per minute .* Try again in [\d.]+ s/ },
    ['(first capacity_exceeded)'],
    { before: 1, key: { capacity: [{ period: 'minute', requests: 1 }] }, ask: { maxRetries: 0 } },
  ),
  unasked(
    'limit-tokens',
    'A request that can never fit a limit is not to be tried again',
    {
      code: 'capacity_exceeded',
      retry: false,
      message: /more than the limit of 1 token per minute .* ever has room for/,
    },
    ['(first capacity_exceeded)'],
    { key: { capacity: [{ period: 'minute', tokens: 1 }] } },
  ),
  {
    name: 'limit-concurrent',
    says: 'A limit of requests under way is waited for by the SDK, which is served when there is room',
    targets: [good],
    key: { maxConcurrent: 1 },
    occupant: 'first/demo+stall=2',
    expected: {
      calls: [['(first capacity_exceeded)'], ['first ok']],
      refusedBefore: { code: 'capacity_exceeded' },
    },
  },
  unasked(
    'busy',
    "A connection's limit that is used up is told when nobody else can serve",
    { code: 'target_busy', retry: false, message: /limit of 1 request in all of the connection to the provider/ },
    ['(first target_busy)'],
    { before: 1, targets: [demo('', onlyOne)] },
  ),
  {
    name: 'busy-next',
    says: "A connection's limit that is used up leads to the next target",
    before: 1,
    targets: [demo('', onlyOne), good],
    expected: { calls: [['(first target_busy)', 'second ok']] },
  },
  {
    name: 'busy-model-next',
    says: 'A limit of a model at its connection that is used up leads to the next target',
    before: 1,
    targets: [demo('', { models: { demo: onlyOne } }), good],
    expected: { calls: [['(first target_busy)', 'second ok']] },
  },
  {
    name: 'busy-concurrent',
    says: 'A connection with as many requests under way as it may have is waited for by the SDK',
    targets: [demo('', { maxConcurrent: 1 })],
    key: {},
    occupant: 'first/demo+stall=2',
    expected: { calls: [['(first target_busy)'], ['first ok']], refusedBefore: { code: 'target_busy' } },
  },

  {
    name: 'rate-limited',
    says: "A provider's 429 that names no time is told as one, with the gateway's own next wait",
    targets: [demo('+status=429')],
    resource: { retries: { max: 1, baseMs: 300 } },
    expected: {
      calls: thrice(['first provider_rate_limited', 'first provider_rate_limited']),
      refused: { code: 'provider_rate_limited', retryAfterMs: 600 },
    },
  },
  ...(['/completions', '/embeddings'] as const).map((path) => ({
    name: `limited${path.replace('/', '-')}`,
    says: `On ${path} a provider's 429 is told as on chat completions`,
    targets: [demo('+status=429+retry-after=100')],
    ask: { path, body: { prompt: 'Hi', input: 'Hi' } },
    expected: {
      calls: [['first provider_rate_limited']],
      refused: { code: 'provider_rate_limited', retry: false, retryAfterMs: 100_000 },
    },
  })),
  ...[500, 503, 529].map((status) => failing(`${status}`, `A provider's ${status}`, demo(`+status=${status}`), {})),
  failing('reset', 'A connection that the provider resets', demo('+reset'), {}),
  failing('nobody', 'A provider that can not be reached', { on: 'closed', model: 'demo' }, { calls: '(first %)' }),
  failing('timeout', 'A provider that does not answer in time', demo('+hang', { timeouts: { firstByteMs: 400 } }), {
    code: 'provider_timeout',
    calls: 'first % first_byte_timeout',
  }),
  failing('408', "A provider's own 408", demo('+status=408'), { code: 'provider_timeout' }),
  failing('garbage', 'An answer that can not be read', demo('+garbage'), { code: 'provider_bad_answer' }),
  failing('aimock-garbage', "The emulator's broken JSON", aimock('malformed'), { code: 'provider_bad_answer' }),
  failing('aimock-503', "The emulator's 503", aimock('error-503'), {}),
  ...[demo('+status=401'), demo('+status=403'), aimock('error-401')].map((target, index) => ({
    name: `auth-${index}`,
    says: `A provider that refuses our credential (${target.model}) is a 502 that the client can not mend, never a 401`,
    targets: [target],
    expected: {
      calls: [['first provider_auth_failed']],
      refused: { code: 'provider_auth_failed', message: NOT_ITS_WORDS },
    },
  })),

  tooLong('alone', 'without another target', []),
  tooLong('smaller', 'and only to a model with a larger context does it go on', [demo('', context('demo', 500))]),
  tooLong('unknown', 'and a model of unknown size is not tried', [good]),
  {
    name: 'too-long-larger',
    says: 'A request that is too long for the model is answered by one with a larger context, past a smaller one',
    targets: [
      demo(TOO_LONG, context(`demo${TOO_LONG}`, 1000)),
      demo('', context('demo', 500)),
      demo('+chunks=3', context('demo+chunks=3', 2000)),
    ],
    expected: { calls: [['first context_length_exceeded', 'third ok']] },
  },
  {
    name: 'aimock-too-long-larger',
    says: 'A request that is too long for the model of the emulator is answered by one with a larger context',
    targets: [aimock('too-long', context('too-long', 1000)), aimock('good', context('good', 2000))],
    expected: { calls: [['first context_length_exceeded', 'second ok']] },
  },
  rejected('filtered', demo('+status=400+code=content_filter'), { code: 'content_filter' }),
  rejected('aimock-filtered', aimock('filtered'), {
    code: 'content_filter',
    param: AIMOCK_REFUSALS.filtered.param,
    message: /content management policy/,
  }),
  ...[400, 404, 422].map((status) => rejected(`${status}`, demo(`+status=${status}+code=of_its_own`), its(status))),
  rejected('409', demo('+status=409+code=of_its_own'), { ...its(409), retry: true }, 3),
  rejected('413', demo('+status=413+code=of_its_own'), its(413)),
  ...[400, 404, 422].map((status) =>
    rejected(`aimock-${status}`, aimock(`error-${status}`), {
      ...its(status),
      shown: `emulated_${status}`,
      message: new RegExp(`Emulated ${status}`),
    }),
  ),
  rejected('aimock-409', aimock('error-409'), { ...its(409), shown: 'emulated_409', retry: true }, 3),

  {
    name: 'stream-failed',
    says: 'A stream that the provider cuts after the first token ends in an error and is not tried again by the SDK',
    targets: [demo('+cut=3')],
    stream: true,
    expected: { calls: [['first provider_stream_failed']], broken: 'with text' },
  },
]

function block(message: string): object {
  // biome-ignore lint/suspicious/noThenProperty: the name that people write
  return { then: { block: message } }
}

function context(model: string, contextTokens: number): object {
  return { models: { [model]: { contextTokens } } }
}

function its(status: number): Refused {
  return { code: 'provider_rejected', shown: 'of_its_own', status }
}

function thrice(attempts: string[]): string[][] {
  return [attempts, attempts, attempts]
}

type More = Partial<Omit<Row, 'expected'>> & { readonly calls?: readonly (readonly string[])[] }

/** The gateway refuses, and no upstream is asked. */
function unasked(name: string, says: string, refused: Refused, attempts: string[], more: More): Row {
  const { calls = [attempts], ...row } = more
  return { name, says, targets: [good], ...row, expected: { calls, refused } }
}

/** The provider fails each time: the SDK makes three calls, each of which is one request to it. */
function failing(
  name: string,
  what: string,
  target: Row['targets'][number],
  { code = 'provider_unavailable', calls = 'first %' }: { code?: string; calls?: string },
): Row {
  return {
    name: `fails-${name}`,
    says: `${what} is told as ${code}, which the SDK tries again`,
    targets: [target],
    resource: atOnce,
    expected: { calls: thrice([calls.replace('%', code)]), refused: { code } },
  }
}

/** The request is at fault: another target would say the same and is not asked. */
function rejected(name: string, target: Row['targets'][number], refused: Refused, calls = 1): Row {
  return {
    name: `rejects-${name}`,
    says: `What the provider rejects (${target.model}) keeps its status, code and words, and no other target is asked`,
    targets: [target, target.on === 'aimock' ? aimock('good') : good],
    expected: { calls: Array.from({ length: calls }, () => [`first ${refused.code}`]), refused },
  }
}

function tooLong(name: string, what: string, others: Row['targets']): Row {
  return {
    name: `too-long-${name}`,
    says: `A request that is too long for the model is told so, ${what}`,
    targets: [demo(TOO_LONG, context(`demo${TOO_LONG}`, 1000)), ...others],
    expected: { calls: [['first context_length_exceeded']], refused: { code: 'context_length_exceeded' } },
  }
}
