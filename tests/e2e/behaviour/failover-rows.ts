import { aimock, demo, type Row, type TargetPlan } from './row.ts'

const good = demo()
const closed = { on: 'closed', model: 'demo' } as const
const silent = { on: 'silent', model: 'demo', connection: { timeouts: { connectMs: 300 } } } as const
/** Time limits are the connection's: a slow machine must not miss those of the target that answers. */
const hurried = (limit: 'firstByteMs' | 'firstTokenMs' | 'idleMs') => ({ timeouts: { [limit]: 400 } })

/** The failover table of the data plane. */
export const failoverRows: readonly Row[] = [
  {
    name: '429-short-alone',
    says: 'A 429 with a short Retry-After is waited for when nobody else can serve',
    targets: [demo('+flaky=2+status=429+retry-after=1')],
    expected: { calls: [['first provider_rate_limited', 'first ok']], gapsMs: [1000] },
  },
  {
    name: '429-short-next',
    says: 'A 429 with a short Retry-After is not waited for when another target can serve',
    targets: [demo('+status=429+retry-after=1'), good],
    expected: { calls: [['first provider_rate_limited', 'second ok']] },
  },
  {
    name: '429-long-next',
    says: 'A 429 with a long Retry-After goes to the next target at once',
    targets: [demo('+status=429+retry-after=100'), good],
    expected: { calls: [['first provider_rate_limited', 'second ok']] },
  },
  {
    name: '429-long-alone',
    says: 'A 429 with a long Retry-After and no other target is told to the client with its wait, after one try',
    targets: [demo('+status=429+retry-after=100')],
    expected: {
      calls: [['first provider_rate_limited']],
      refused: { code: 'provider_rate_limited', retry: false, retryAfterMs: 100_000 },
    },
  },
  {
    name: '429-short-persistent',
    says: 'A 429 with a short Retry-After that never ends is tried with these waits only, by gateway and SDK alike',
    targets: [demo('+status=429+retry-after=1')],
    resource: { retries: { max: 1 } },
    expected: {
      calls: Array.from({ length: 3 }, () => ['first provider_rate_limited', 'first provider_rate_limited']),
      gapsMs: [1000, 1000, 1000, 1000, 1000],
      refused: { code: 'provider_rate_limited', retryAfterMs: 1000 },
    },
  },
  {
    name: '429-at-once',
    says: 'A 429 with a Retry-After of 0 is no reason for a tight loop, of the gateway or of the SDK',
    targets: [demo('+status=429+retry-after=0')],
    ask: { maxRetries: 1 },
    expected: {
      calls: [three('provider_rate_limited'), three('provider_rate_limited')],
      gapsMs: [95, 95, 95, 95, 95],
      refused: { code: 'provider_rate_limited', retryAfterMs: 100 },
    },
  },
  {
    name: '429-silent-on-when',
    says: 'A 429 that does not say for how long is tried again as often as the resource allows, then the next target',
    targets: [demo('+status=429'), good],
    expected: { calls: [[...three('provider_rate_limited'), 'second ok']] },
  },
  {
    name: '429-no-retries',
    says: 'Where the resource allows no retries, a 429 goes to the next target at once',
    targets: [demo('+status=429'), good],
    resource: { retries: { max: 0 } },
    expected: { calls: [['first provider_rate_limited', 'second ok']] },
  },
  {
    name: '429-held',
    says: 'A target whose 429 named a time is skipped at no cost until then',
    targets: [demo('+status=429+retry-after=50'), good],
    before: 1,
    expected: { calls: [['(first held)', 'second ok']] },
  },
  {
    name: '429-held-alone',
    says: 'Where nobody else can serve, the client is told what is left of the time that a 429 named before, and nobody is asked',
    targets: [demo('+status=429+retry-after=50')],
    before: 1,
    ask: { maxRetries: 0 },
    expected: { calls: [['(first held)']], refused: { code: 'provider_rate_limited', retryAfterMs: 'some' } },
  },
  {
    name: '503-persistent',
    says: 'A 503 that stays is tried again as often as the resource allows, then the next target',
    targets: [demo('+status=503'), good],
    expected: { calls: [[...three('provider_unavailable'), 'second ok']] },
  },
  {
    name: '503-once',
    says: 'A 503 that passes is cured by a retry on the same target',
    targets: [demo('+flaky=2'), good],
    expected: { calls: [['first provider_unavailable', 'first ok']] },
  },
  {
    name: '503-short-alone',
    says: 'A 503 with a short Retry-After is waited for when nobody else can serve',
    targets: [demo('+flaky=2+retry-after=1')],
    expected: { calls: [['first provider_unavailable', 'first ok']], gapsMs: [1000] },
  },
  {
    name: '500-once',
    says: 'A single 500 is cured by one retry on the same target',
    targets: [demo('+flaky=2+status=500'), good],
    expected: { calls: [['first provider_unavailable', 'first ok']] },
  },
  {
    name: '500-persistent',
    says: 'A 500 that stays is retried once, then the next target',
    targets: [demo('+status=500'), good],
    expected: { calls: [['first provider_unavailable', 'first provider_unavailable', 'second ok']] },
  },
  {
    name: 'reset',
    says: 'A connection that is reset before the headers is retried once, then the next target',
    targets: [demo('+reset'), good],
    expected: { calls: [['first provider_unavailable', 'first provider_unavailable', 'second ok']] },
  },
  {
    name: 'refused-connection',
    says: 'An upstream where nobody listens is tried once more, then the next target',
    targets: [closed, good],
    expected: { calls: [['(first provider_unavailable)', '(first provider_unavailable)', 'second ok']] },
  },
  {
    name: 'connect',
    says: 'An upstream with which no connection comes about within connectMs is left for the next target, without a retry',
    targets: [silent, good],
    expected: { calls: [['(first provider_timeout connect_timeout)', 'second ok']] },
  },
  {
    name: 'silent-target',
    says: 'A target that does not answer within firstByteMs is left for the next one and not retried',
    targets: [demo('+hang', hurried('firstByteMs')), good],
    expected: { calls: [['first provider_timeout first_byte_timeout', 'second ok']] },
  },
  {
    name: 'no-first-token',
    says: 'Headers without a first token within firstTokenMs: the next target answers, and nothing was sent before',
    targets: [demo('+stall=0', hurried('firstTokenMs')), good],
    stream: true,
    expected: { calls: [['first provider_timeout first_token_timeout', 'second ok']] },
  },
  {
    name: 'half-a-body-stalls',
    says: 'A JSON answer that stops half-way is left after idleMs for the next target',
    targets: [demo('+stall=0', hurried('idleMs')), good],
    stream: false,
    expected: { calls: [['first provider_timeout idle_timeout', 'second ok']] },
  },
  {
    name: 'half-a-body-cut',
    says: 'A JSON answer that is cut half-way is replaced by that of the next target',
    targets: [demo('+cut=1'), good],
    stream: false,
    expected: { calls: [['first provider_unavailable', 'second ok']] },
  },
  {
    name: 'cut-before-first-token',
    says: 'A stream that is cut before its first token is replaced by that of the next target',
    targets: [demo('+cut=0'), good],
    stream: true,
    expected: { calls: [['first provider_unavailable', 'second ok']] },
  },
  {
    name: 'error-first',
    says: 'A stream whose first event is an error is replaced by that of the next target',
    targets: [demo('+error-event=1'), good],
    stream: true,
    expected: { calls: [['first provider_unavailable', 'second ok']] },
  },
  broken('cut', 'that is cut', demo('+cut=4')),
  broken('stalled', 'that stalls for idleMs', demo('+stall=4', hurried('idleMs')), ' idle_timeout'),
  broken('error-later', 'in which an error comes', demo('+error-event=4')),
  {
    ...broken('total-later', 'that runs into totalMs', demo('+chunks=1000+interval=20'), ' total_timeout'),
    resource: { timeouts: { totalMs: 2500 } },
  },
  {
    name: 'malformed',
    says: 'A malformed event in the middle is left out, and the answer is whole with its usage',
    targets: [demo('+malformed=3'), good],
    stream: true,
    expected: { calls: [['first ok']] },
  },
  {
    name: 'no-done',
    says: 'A stream without [DONE] is finished with one, and its usage is reported',
    targets: [demo('+no-done'), good],
    stream: true,
    expected: { calls: [['first ok']] },
  },
  {
    name: 'open-end',
    says: 'A stream that is complete but stays open without [DONE] is finished promptly',
    // The role, two pieces of text, the finish reason and usage.
    targets: [demo('+chunks=2+stall=5'), good],
    stream: true,
    expected: { calls: [['first ok']] },
  },
  {
    name: 'credential',
    says: 'A target that refuses its credential is left for the next one at once',
    targets: [demo('+status=401'), good],
    expected: { calls: [['first provider_auth_failed', 'second ok']] },
  },
  {
    name: 'garbage',
    says: 'An answer that can not be read is replaced by that of the next target',
    targets: [demo('+garbage'), good],
    expected: { calls: [['first provider_bad_answer', 'second ok']] },
  },
  {
    name: 'fallback-on',
    says: 'Only the errors that the resource lists lead to the next target',
    targets: [demo('+status=503'), good],
    resource: { fallback: { on: ['provider_timeout'] }, retries: { max: 0 } },
    expected: { calls: once('provider_unavailable', 3), refused: { code: 'provider_unavailable' } },
  },
  {
    name: 'fallback-off',
    says: 'Where fallback is off no other target is asked',
    targets: [demo('+status=503'), good],
    resource: { fallback: { enabled: false }, retries: { max: 0 } },
    expected: { calls: once('provider_unavailable', 3), refused: { code: 'provider_unavailable' } },
  },
  {
    name: 'total',
    says: 'After totalMs no other target is asked',
    targets: [demo('+hang'), good],
    resource: { timeouts: { totalMs: 1500 } },
    expected: { calls: once('provider_timeout total_timeout', 3), refused: { code: 'provider_timeout' } },
  },
  {
    name: 'total-wait',
    says: 'A wait that would end after totalMs is not begun',
    targets: [demo('+status=429+retry-after=2')],
    resource: { timeouts: { totalMs: 1500 } },
    ask: { maxRetries: 0 },
    expected: {
      calls: once('provider_rate_limited'),
      refused: { code: 'provider_rate_limited', retryAfterMs: 2000 },
    },
  },
  {
    name: 'client-total',
    says: "The client's own timeoutMs ends the request like totalMs",
    targets: [demo('+hang'), good],
    ask: { body: { vmx: { timeoutMs: 1500 } } },
    expected: { calls: once('provider_timeout total_timeout', 3), refused: { code: 'provider_timeout' } },
  },
  {
    name: 'everything',
    says: 'When everything failed, the client is told the last error, and the record has every attempt',
    targets: [demo('+status=500'), demo('+hang', hurried('firstByteMs')), demo('+status=403')],
    expected: {
      calls: [
        [
          'first provider_unavailable',
          'first provider_unavailable',
          'second provider_timeout first_byte_timeout',
          'third provider_auth_failed',
        ],
      ],
      refused: { code: 'provider_auth_failed' },
    },
  },
  {
    name: 'everything-busy',
    says: 'An error of a target that was asked says more than that another one had no room',
    targets: [demo('+status=401'), demo('', { capacity: [{ period: 'lifetime', requests: 0 }] })],
    expected: {
      calls: [['first provider_auth_failed', '(second target_busy)']],
      refused: { code: 'provider_auth_failed' },
    },
  },
  {
    name: 'busy-then-down',
    says: 'That a target could not be reached says more than that another one had no room',
    targets: [demo('', { capacity: [{ period: 'lifetime', requests: 0 }] }), closed],
    resource: { retries: { max: 0 } },
    expected: {
      calls: Array.from({ length: 3 }, () => ['(first target_busy)', '(second provider_unavailable)']),
      refused: { code: 'provider_unavailable' },
    },
  },
  {
    name: 'circuit-open',
    says: 'A target that has failed five times in a row is skipped at no cost',
    targets: [demo('+status=503'), good],
    resource: { retries: { max: 0 } },
    before: 5,
    expected: { calls: [['(first circuit_open)', 'second ok']] },
  },
  {
    name: 'circuit-alone',
    says: 'Where nobody else can serve, the client is told when an open circuit lets a probe through, and its SDK waits for that',
    targets: [demo('+status=503')],
    resource: { retries: { max: 0 } },
    before: 5,
    expected: {
      calls: [['(first circuit_open)'], ['first provider_unavailable'], ['(first circuit_open)']],
      refused: { code: 'provider_unavailable', retryAfterMs: 'some' },
    },
  },
  ...(['/completions', '/embeddings'] as const).map((path) => ({
    name: `503${path.replace('/', '-')}`,
    says: `On ${path} a fault is cured as on chat completions`,
    targets: [demo('+status=503'), good],
    ask: { path, body: { prompt: 'Hi', input: 'Hi' } },
    expected: { calls: [[...three('provider_unavailable'), 'second ok']] },
  })),
  ...emulated('503', 'error-503', three('provider_unavailable')),
  ...emulated('500', 'drop', ['first provider_unavailable', 'first provider_unavailable']),
  ...emulated('reset', 'disconnect', ['first provider_unavailable', 'first provider_unavailable']),
  ...emulated('429', 'ratelimit', ['first provider_rate_limited']),
  ...emulated('garbage', 'malformed', ['first provider_bad_answer']),
  ...emulated('credential', 'error-401', ['first provider_auth_failed']),
  {
    name: 'aimock-silent',
    says: 'The emulator sends no headers within firstByteMs: the next target answers',
    targets: [aimock('no-token', hurried('firstByteMs')), aimock('good')],
    stream: true,
    expected: { calls: [['first provider_timeout first_byte_timeout', 'second ok']] },
  },
  broken('aimock-cut', 'that the emulator cuts', aimock('truncated')),
  broken(
    'aimock-stalled',
    'in which the emulator stalls for idleMs',
    aimock('slow', hurried('idleMs')),
    ' idle_timeout',
    'without text',
  ),
]

function three(code: string): string[] {
  return Array.from({ length: 3 }, () => `first ${code}`)
}

function once(attempt: string, calls = 1): string[][] {
  return Array.from({ length: calls }, () => [`first ${attempt}`])
}

function broken(
  name: string,
  what: string,
  target: TargetPlan,
  fault = '',
  broken: Row['expected']['broken'] = 'with text',
): Row {
  return {
    name,
    says: `A stream ${what} after its first token ends in an error event without [DONE], and no other target is asked`,
    targets: [target, good],
    stream: true,
    expected: { calls: [[`first provider_stream_failed${fault}`]], broken },
  }
}

function emulated(name: string, model: string, attempts: string[]): Row[] {
  const says = `The emulator's fault '${model}' is cured by the next target`
  const targets = [aimock(model), aimock('good')]
  return [{ name: `aimock-${name}`, says, targets, expected: { calls: [[...attempts, 'second ok']] } }]
}
