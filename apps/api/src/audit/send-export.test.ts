import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { AuditExchange, AuditExportFormat } from '@vm-x/contract'
import { exchangeRecord } from '@vm-x/gateway/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { presentExchange } from './present-exchange.ts'
import type { SendOptions } from './send.ts'
import { sendExport } from './send-export.ts'

const open: Server[] = []
const sockets = new Set<Socket>()
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections()
  sockets.clear()
})

/** A server that answers everything with these exchanges, and what became of the last answer. */
async function serve(exchanges: () => AsyncIterable<AuditExchange>, format: AuditExportFormat, options?: SendOptions) {
  const outcomes: Promise<string>[] = []
  const server = createServer((_request, response) => {
    outcomes.push(
      sendExport(response, exchanges(), format, options).then(
        () => 'resolved',
        (error: Error) => error.message,
      ),
    )
  }).listen(0, '127.0.0.1')
  open.push(server)
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise((resolve) => server.once('listening', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, outcome: () => outcomes[0] }
}

const exchange = (changes: Parameters<typeof exchangeRecord>[0] = {}) => presentExchange(exchangeRecord(changes))

async function* given(...exchanges: AuditExchange[]) {
  yield* exchanges
}

const formats = ['ndjson', 'csv'] as const

describe('CSV', () => {
  const csv = async (...exchanges: AuditExchange[]) => {
    const { url } = await serve(() => given(...exchanges), 'csv')
    return await (await fetch(url)).text()
  }

  it('has one line an exchange, each with a field for every column of the header', async () => {
    const one = exchange({
      decision: { targets: [], attempts: [attempt, attempt] },
      user: 'someone',
      requestedModel: 'assistant',
    })
    const [header = '', row = '', end, ...rest] = (await csv(one)).split('\r\n')
    expect([end, rest]).toEqual(['', []])
    expect(header).toBe(
      'id,startedAt,durationMs,outcome,status,operation,stream,requestedModel,resourceId,connectionId,provider,model,apiKeyId,userId,user,correlationId,clientRequestId,inputTokens,cachedInputTokens,outputTokens,reasoningTokens,usageSource,estimatedInputTokens,estimatedOutputTokens,timeToFirstTokenMs,attempts,sourceAddress,metadata',
    )
    expect(row).toBe(
      `${one.id},2026-01-15T12:00:00.123Z,812.25,ok,200,chat,true,assistant,01900000-0000-7000-8000-000000000004,01900000-0000-7000-8000-000000000005,openai,gpt-test,01900000-0000-7000-8000-000000000003,,someone,correlation-1,client-1,120,20,40,10,reported,100,512,90.5,2,192.0.2.7,"{""team"":""search""}"`,
    )
  })

  it('has its header, too, where there is no exchange', async () => {
    expect(await csv()).toMatch(/^id,startedAt,[^\r\n]*,metadata\r\n$/)
  })

  it.each([
    ['a,b', '"a,b"'],
    ['a "b"', '"a ""b"""'],
    ['a\nb', '"a\nb"'],
    ['a\rb', '"a\rb"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['=cmd|" /C calc"!A0', `"'=cmd|"" /C calc""!A0"`],
  ])('writes %j as no formula, within one field', async (user, field) => {
    expect(await csv(exchange({ user }))).toContain(`,${field},correlation-1,`)
  })
})

it('NDJSON has one exchange a line, as it is', async () => {
  const exchanges = [exchange({ user: 'line\nbreak' }), exchange({ user: '=1+1' })]
  const { url } = await serve(() => given(...exchanges), 'ndjson')
  const text = await (await fetch(url)).text()
  expect(text.endsWith('\n')).toBe(true)
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(exchanges)
})

describe.each(formats)('an export as %s', (format) => {
  it('reads no further than its client takes, and stops when the client leaves', async () => {
    let read = 0
    let stopped = false
    const large = exchange({ metadata: { text: 'x'.repeat(10_000) } })
    const { url, outcome } = await serve(async function* () {
      try {
        for (;;) {
          read += 1
          yield large
        }
      } finally {
        stopped = true
      }
    }, format)
    const leaving = new AbortController()
    const { body } = await fetch(url, { signal: leaving.signal })
    await body?.getReader().read()
    // What is on its way fits into the buffers of sockets and streams, and then nothing is read any more.
    let before = -1
    await vi.waitFor(
      () => {
        const settled = before === read
        before = read
        expect(settled).toBe(true)
      },
      { interval: 200, timeout: 10_000 },
    )
    expect(stopped).toBe(false)
    leaving.abort()
    expect(await outcome()).toBe('resolved')
    await vi.waitFor(() => expect(stopped).toBe(true))
  })

  /** Exchanges without end, and whether they are still read. */
  function endless() {
    const state = { stopped: false }
    const large = exchange({ metadata: { text: 'x'.repeat(10_000) } })
    const exchanges = async function* () {
      try {
        for (;;) {
          await new Promise((resolve) => setImmediate(resolve))
          yield large
        }
      } finally {
        state.stopped = true
      }
    }
    return { state, exchanges }
  }

  it('whose client takes nothing any more is cut off', async () => {
    const { state, exchanges } = endless()
    const { url, outcome } = await serve(exchanges, format, { standstillMs: 100 })
    const client = connect(Number(new URL(url).port), '127.0.0.1').pause()
    client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    await vi.waitFor(() => expect(outcome()).toBeDefined())
    expect(await outcome()).toBe('resolved')
    expect(state.stopped).toBe(true)
    client.destroy()
  })

  it('that has nothing to send for a while is not', async () => {
    const { url, outcome } = await serve(
      async function* () {
        yield exchange()
        // Longer than a standstill may be, which the socket itself tells.
        await new Promise<void>((resolve) => {
          for (const socket of sockets) socket.once('timeout', () => resolve())
        })
        yield exchange()
      },
      format,
      { standstillMs: 50 },
    )
    const text = await (await fetch(url)).text()
    expect(text.trimEnd().split('\n').length).toBe(format === 'csv' ? 3 : 2)
    expect(await outcome()).toBe('resolved')
  })

  it('is broken off when it has to end', async () => {
    const { state, exchanges } = endless()
    const ending = new AbortController()
    const { url, outcome } = await serve(exchanges, format, { signal: ending.signal })
    const answer = await fetch(url)
    const reader = answer.body?.getReader()
    await reader?.read()
    ending.abort()
    expect(await outcome()).toBe('resolved')
    expect(state.stopped).toBe(true)
    const rest = async () => {
      while (!(await reader?.read())?.done);
    }
    await expect(rest()).rejects.toThrow()
  })

  it('that fails under way is broken off', async () => {
    const { url, outcome } = await serve(async function* () {
      yield exchange()
      throw new Error('The database has gone')
    }, format)
    const failed = await fetch(url)
      .then(
        (answer) => answer.text().then(() => false),
        () => true,
      )
      .catch(() => true)
    expect(failed).toBe(true)
    expect(await outcome()).toBe('The database has gone')
  })
})

const attempt = {
  connectionId: '01900000-0000-7000-8000-000000000005',
  connection: 'main',
  provider: 'openai',
  model: 'gpt-test',
  outcome: 'ok',
  sent: true,
} as const
