import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type RunningProduct, startProduct } from '../start-product.ts'
import { type HostileRequest, hostileRequests, seeded } from './hostile-requests.ts'
import { memoryOf } from './memory.ts'

/** Requests of all kinds of malice, over plain sockets, against the started product. */

const REQUESTS = 5_000
const AT_ONCE = 20
const SEED = 20_261_124

let product: RunningProduct
let memory: Awaited<ReturnType<typeof memoryOf>>
beforeAll(async () => {
  // Small limits, so that reaching them is cheap.
  product = await startProduct({
    env: { MAX_BODY_MB: '1', REQUEST_TIMEOUT_MS: '1500' },
    nodeArgs: ['--inspect=127.0.0.1:0'],
  })
  memory = await memoryOf(product)
})
afterAll(async () => memory?.close())

it(`answers ${REQUESTS} hostile requests in the client's format, without a 5xx, and gives the memory back`, async () => {
  // What is allocated once, e.g. compiled code and pools, is there after a first round.
  await askAll(hostileRequests(1_000, product.apiKey ?? '', seeded(SEED - 1)))
  const before = await memory.heapBytes()
  const outcomes = await askAll(hostileRequests(REQUESTS, product.apiKey ?? '', seeded(SEED)))

  expect(outcomes.length).toBe(REQUESTS)
  // A few say enough.
  expect(outcomes.filter(({ problem }) => problem !== undefined).slice(0, 5)).toEqual([])
  const statuses = new Set(outcomes.flatMap(({ status }) => status))
  // Every guard has been met at least once.
  expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 401, 404, 408, 413, 431]))

  const live = await fetch(`${product.url}/health/live`)
  expect(live.status).toBe(200)
  expect(product.stderr()).not.toMatch(/failed inside the gateway|uncaught|unhandled/i)
  await vi.waitFor(async () => expect(await memory.heapBytes()).toBeLessThan(before + 8 * 1024 * 1024), {
    timeout: 30_000,
    interval: 500,
  })
}, 180_000)

it('still answers an honest request', async () => {
  const answer = await fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  expect(answer.status).toBe(200)
})

it.each([
  ['a request without a host', 'POST /v1/chat/completions HTTP/1.1\r\ncontent-length: 0\r\n\r\n', 400],
  ['CONNECT', 'CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example\r\n\r\n', 400],
])('answers %s in the format of the client', async (_name, text, status) => {
  const [response, ...more] = parseResponses(await exchange({ kind: '', bytes: Buffer.from(text) }))
  if (typeof response !== 'object') throw new Error('no response')
  expect([more, response.status, wrongWith(response)]).toEqual([[], status, undefined])
  expect(JSON.parse(response.body).error.code).toBe('invalid_request')
})

type Outcome = { kind: string; status: number[]; problem?: string }

async function askAll(requests: Iterable<HostileRequest>): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const queue = requests[Symbol.iterator]()
  const worker = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) outcomes.push(await ask(next.value))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return outcomes
}

async function ask(request: HostileRequest): Promise<Outcome> {
  const bytes = await exchange(request)
  const { kind } = request
  const responses = parseResponses(bytes)
  if (typeof responses === 'string') return { kind, status: [], problem: `${responses}: ${show(request, bytes)}` }
  const status = responses.map((response) => response.status)
  for (const response of responses) {
    const problem = wrongWith(response)
    if (problem) return { kind, status, problem: `${problem}: ${show(request, bytes)}` }
  }
  return { kind, status }
}

const show = ({ bytes }: HostileRequest, answer: Buffer) =>
  `${JSON.stringify(bytes.toString('latin1', 0, 300))} → ${JSON.stringify(answer.toString('latin1', 0, 600))}`

/** All that comes back until the server closes; the client half-closes only when nothing has come for a while. */
function exchange({ bytes, sends }: HostileRequest): Promise<Buffer> {
  const { hostname, port } = new URL(product.url)
  return new Promise((resolve) => {
    const pieces: Buffer[] = []
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
    socket.setNoDelay(true)
    socket.setTimeout(sends === undefined ? 600 : 20_000, () =>
      socket.writableEnded ? socket.destroy() : socket.end(),
    )
    socket.on('connect', () => socket.write(sends === undefined ? bytes : bytes.subarray(0, sends)))
    socket.on('data', (piece: Buffer) => pieces.push(piece))
    socket.on('end', () => socket.end())
    socket.on('error', () => {})
    socket.on('close', () => resolve(Buffer.concat(pieces)))
  })
}

type Response = { status: number; headers: Map<string, string>; body: string }

/** The responses in a row; a text where they are none. No response at all is for a client that said nothing of sense. */
function parseResponses(bytes: Buffer): Response[] | string {
  const responses: Response[] = []
  for (let at = 0; at < bytes.length; ) {
    const headEnd = bytes.indexOf('\r\n\r\n', at)
    if (headEnd < 0) return 'a response without an end of its head'
    const [line = '', ...lines] = bytes.toString('latin1', at, headEnd).split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1])
    if (!status) return 'no status line'
    const headers = new Map(
      lines.map((header) => [header.split(':')[0]?.toLowerCase() ?? '', header.slice(header.indexOf(':') + 1).trim()]),
    )
    at = headEnd + 4
    if (status < 200) continue
    const length = Number(headers.get('content-length') ?? bytes.length - at)
    responses.push({ status, headers, body: bytes.toString('utf8', at, at + length) })
    at += length
  }
  return responses
}

function wrongWith({ status, headers, body }: Response): string | undefined {
  if (status >= 500) return `status ${status}`
  if ([...headers.keys()].some((name) => name === 'x-evil')) return 'a header of the request came back as one'
  if (status < 400) return undefined
  if (!/^[0-9a-f-]{36}$/.test(headers.get('x-request-id') ?? '')) return 'no x-request-id'
  if (!headers.has('x-should-retry') || !headers.has('x-vmx-error-source')) return 'no x-should-retry, or no source'
  // The answer to HEAD has none.
  if (body === '') return undefined
  try {
    const { error } = JSON.parse(body)
    const { message, type, code, param } = error
    const right =
      [message, type, code].every((text) => typeof text === 'string' && text !== '') &&
      (param === null || typeof param === 'string')
    return right ? undefined : 'an error of another shape'
  } catch {
    return 'no JSON'
  }
}
