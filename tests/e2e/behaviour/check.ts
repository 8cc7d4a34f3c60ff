import { expect } from 'vitest'
import type { AuditRecord } from '../audit-records.ts'
import { errorReference } from './error-reference.ts'
import type { Observation } from './observation.ts'
import { type Client, markOf, type Refused, type Row } from './row.ts'
import type { Evidence } from './world.ts'

/** Everything that a row promises, of one client. */
export async function check(row: Row, client: Client, evidence: Evidence): Promise<void> {
  const { expected } = row
  const seen = await evidence.observed(row, client)
  const arrivals = evidence.arrivals(row, client)
  const told = JSON.stringify({ ...seen, raw: null })
  expect(seen.calls.length, `HTTP calls that the SDK made; ${told}`).toBe(expected.calls.length)
  const places = expected.calls.flat().filter(reachesUpstream).map(placeOf)
  expect(
    arrivals.map(({ place }) => place),
    `arrived, by the upstream's own log; ${told}`,
  ).toEqual(places)
  for (const [index, gapMs] of (expected.gapsMs ?? []).entries()) {
    const [before, after] = [arrivals[index], arrivals[index + 1]]
    expect((after?.atMs ?? 0) - (before?.atMs ?? 0), `wait before arrival ${index + 2}`).toBeGreaterThanOrEqual(gapMs)
  }
  const records = seen.calls.map(({ headers }) => evidence.record(headers['x-request-id']))
  if (expected.unrecorded) expect(records).toEqual(expected.calls.map(() => undefined))
  else
    expect(records.map((record) => record?.decision.attempts.map((each) => shown(each, markOf(row, client))))).toEqual(
      expected.calls,
    )
  checkWaits(seen)
  const last = seen.calls.length - 1
  for (const [index, { status, headers }] of seen.calls.entries()) {
    const refused = index < last ? (expected.refusedBefore ?? expected.refused) : expected.refused
    if (refused) checkRefusal(refused, status, headers, index === last)
    else checkAnswer(status, headers, records[index])
    if (!expected.unrecorded)
      expect(records[index]).toMatchObject({ outcome: refused?.code ?? (expected.broken ? BROKEN : 'ok'), status })
  }
  if (expected.refused) checkError(expected.refused, seen, client)
  else if (expected.broken) checkBroken(seen, expected.broken)
  else checkServed(row, seen, records[last])
}

const BROKEN = 'provider_stream_failed'

const reachesUpstream = (attempt: string) => !attempt.startsWith('(')
const placeOf = (attempt: string) => attempt.split(' ')[0]

/** An attempt as rows write it. What the transport said is told of time limits only: the rest is the platform's. */
function shown(
  { connection, outcome, sent, fault }: AuditRecord['decision']['attempts'][number],
  mark: string,
): string {
  const words = [connection.slice(mark.length + 1), outcome, ...(fault?.endsWith('_timeout') ? [fault] : [])].join(' ')
  return sent ? words : `(${words})`
}

/** The SDK comes back no earlier than it was told to. */
function checkWaits({ calls }: Observation): void {
  for (const [index, { headers, answeredMs }] of calls.slice(0, -1).entries()) {
    const waitedMs = (calls[index + 1]?.startedMs ?? 0) - answeredMs
    expect(waitedMs + CLOCK_MS).toBeGreaterThanOrEqual(Number(headers['retry-after-ms'] ?? 0))
  }
}

/** By so much timers may be early. */
const CLOCK_MS = 2

function checkRefusal(refused: Refused, status: number, headers: Record<string, string>, isLast: boolean): void {
  const row = errorReference.get(refused.code)
  expect(status).toBe(refused.status ?? row?.status)
  // A time is told with every 429 and 503 that may be retried.
  const waitMs = Number(headers['retry-after-ms'] ?? (status === 429 || status === 503 ? Infinity : 0))
  expect(headers).toMatchObject({
    'x-vmx-error-source': row?.source,
    'x-should-retry': String(refused.retry ?? (row?.retry && waitMs <= LONGEST_WAIT_MS)),
    'x-request-id': expect.stringMatching(UUID_V7),
  })
  if (!isLast) return
  const ms = headers['retry-after-ms']
  if (refused.retryAfterMs === undefined) expect(headers).not.toHaveProperty('retry-after-ms')
  else if (refused.retryAfterMs === 'some') expect(Number(ms)).toBeGreaterThan(0)
  else expect(ms).toBe(String(refused.retryAfterMs))
  expect(headers['retry-after']).toBe(ms === undefined ? undefined : String(Math.ceil(Number(ms) / 1000)))
}

/** Where the reference draws the line between what an SDK waits for and what it does not. */
const LONGEST_WAIT_MS = 60_000
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

function checkError(refused: Refused, { error }: Observation, client: Client): void {
  const { code, shown: visible = code, message = /./, param } = refused
  const row = errorReference.get(code)
  const status = refused.status ?? row?.status ?? 0
  const kind = KINDS[status] ?? (status >= 500 ? 'InternalServerError' : OTHER_KIND[client.startsWith('node') ? 0 : 1])
  expect(error).toMatchObject({ kind, status, code: visible, type: row?.type, message: expect.stringMatching(message) })
  if (param !== undefined) expect(error?.param).toBe(param)
}

/** Of both SDKs. */
const KINDS: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  401: 'AuthenticationError',
  403: 'PermissionDeniedError',
  404: 'NotFoundError',
  409: 'ConflictError',
  422: 'UnprocessableEntityError',
  429: 'RateLimitError',
}
const OTHER_KIND = ['APIError', 'APIStatusError'] as const

/** What has come, then an exception: nothing looks like an end. */
function checkBroken({ error, text, finish, raw }: Observation, how: 'with text' | 'without text'): void {
  expect(error).toMatchObject({ kind: 'APIError', code: BROKEN })
  expect(text === '').toBe(how === 'without text')
  expect(finish).toBeNull()
  if (raw === null) return
  expect(raw).not.toContain('[DONE]')
  const last = raw.trimEnd().split('\n\n').at(-1) ?? ''
  expect(JSON.parse(last.replace(/^data: /, ''))).toMatchObject({ error: { code: BROKEN } })
}

function checkAnswer(status: number, headers: Record<string, string>, record: AuditRecord | undefined): void {
  const attempts = record?.decision.attempts ?? []
  const connections = attempts.map(({ connection }) => connection)
  const changes = connections.filter((name, index) => index > 0 && name !== connections[index - 1]).length
  expect(status).toBe(200)
  expect(headers).toMatchObject({
    'x-vmx-attempts': String(attempts.length),
    'x-vmx-fallback': String(changes),
    'x-vmx-model': record?.model,
  })
}

/** The answer is whole, and its usage is that of the target that gave it. */
function checkServed(
  row: Row,
  { error, text, finish, totalTokens, raw }: Observation,
  record: AuditRecord | undefined,
) {
  expect(error).toBeNull()
  if (row.ask?.path !== undefined) return
  expect({ finish, text }).toEqual({ finish: 'stop', text: expect.stringContaining(TEXT_OF[answering(row).on]) })
  expect(record?.model).toBe(answering(row).model)
  const { input = 0, output = 0, source } = record?.usage ?? {}
  expect({ source, total: input + output }).toEqual({ source: 'reported', total: totalTokens })
  if (raw?.startsWith('data:')) expect(raw).toMatch(/data: \[DONE\]\r?\n\r?\n$/)
}

const TEXT_OF = { demo: 'You said: “Hi”', aimock: 'The emulator greets the gateway', closed: '-', silent: '-' }

/** The target of the last attempt. */
function answering({ targets, expected }: Row) {
  const place = placeOf(expected.calls.at(-1)?.at(-1) ?? '')
  const target = targets[['first', 'second', 'third'].indexOf(place ?? '')]
  if (!target) throw new Error(`There is no ${place} target`)
  return target
}
