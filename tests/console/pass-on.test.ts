import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { passOn } from '../../apps/ui/pass-on.mjs'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

let answer: Handler
let api: Server
let front: Server

beforeAll(async () => {
  api = await listening((incoming, outgoing) => answer(incoming, outgoing))
  front = await listening((incoming, outgoing) => passOn(new URL(urlOf(api)), incoming, outgoing))
})
afterAll(() => {
  for (const server of [api, front]) {
    server.closeAllConnections()
    server.close()
  }
})

describe('what the console passes on to the API', () => {
  it('has the client’s address appended to what the client says of itself, and the host that the client named', async () => {
    let seen: IncomingMessage['headers'] = {}
    answer = (incoming, outgoing) => {
      seen = incoming.headers
      outgoing.end()
    }
    await fetch(`${urlOf(front)}/management/v1/x`, { headers: { 'x-forwarded-for': '203.0.113.9' } })
    expect(seen['x-forwarded-for']).toBe('203.0.113.9, 127.0.0.1')
    expect(seen.host).toBe(new URL(urlOf(front)).host)
  })

  it('arrives as it was sent, and its answer comes back as it was given', async () => {
    const body = Buffer.from([0, 1, 2, 250, 255, 13, 10])
    answer = async (incoming, outgoing) => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk)
      outgoing.writeHead(418, { 'x-vmx-attempts': '4', 'set-cookie': ['a=1', 'b=2'] })
      outgoing.end(Buffer.concat(chunks))
    }
    const response = await fetch(`${urlOf(front)}/v1/echo?a=%20b`, { method: 'POST', body })
    expect(response.status).toBe(418)
    expect(response.headers.get('x-vmx-attempts')).toBe('4')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(Buffer.from(await response.arrayBuffer())).toEqual(body)
  })

  it.each([
    ['Content-Length', (text: string) => `Content-Length: ${text.length}\r\n\r\n${text}`],
    [
      'Transfer-Encoding',
      (text: string) => `Transfer-Encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`,
    ],
  ])('keeps its body to itself where Connection names %s', async (name, framed) => {
    const text = 'GET /management/v1/users HTTP/1.1\r\nHost: a\r\n\r\n'
    const seen: { url: string | undefined; body: string }[] = []
    answer = async (incoming, outgoing) => {
      let body = ''
      for await (const chunk of incoming) body += chunk
      seen.push({ url: incoming.url, body })
      outgoing.end()
    }
    await rawly(`GET /v1/a HTTP/1.1\r\nHost: a\r\nConnection: ${name}, close\r\n${framed(text)}`)
    await rawly('GET /v1/b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(seen).toEqual([
      { url: '/v1/a', body: text },
      { url: '/v1/b', body: '' },
    ])
  })

  it('goes to the path that was asked for: no dots are taken out', async () => {
    let seen: string | undefined
    answer = (incoming, outgoing) => {
      seen = incoming.url
      outgoing.end()
    }
    await rawly('GET /v1/../metrics?a=%2e HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(seen).toBe('/v1/../metrics?a=%2e')
  })

  it('is streamed: an event is there before the next one is sent', async () => {
    let sendNext = () => {}
    answer = (_, outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
      outgoing.write('data: 1\n\n')
      sendNext = () => outgoing.end('data: 2\n\n')
    }
    const response = await fetch(`${urlOf(front)}/v1/chat/completions`, { method: 'POST', body: '{}' })
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader?.read())?.value).toBe('data: 1\n\n')
    sendNext()
    expect((await reader?.read())?.value).toBe('data: 2\n\n')
    expect((await reader?.read())?.done).toBe(true)
  })

  it('breaks off for the client when the API does: never as an answer that has ended', async () => {
    answer = (_, outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
      outgoing.write('data: 1\n\n', () => outgoing.destroy())
    }
    const response = await fetch(`${urlOf(front)}/v1/chat/completions`)
    await expect(response.text()).rejects.toThrow()
  })

  it('is broken off at the API when the client leaves', async () => {
    let left: Promise<unknown> | undefined
    answer = (incoming, outgoing) => {
      left = once(incoming.socket, 'close')
      outgoing.writeHead(200)
      outgoing.write('first')
    }
    const outgoing = request(`${urlOf(front)}/v1/chat/completions`).end()
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    await once(response, 'data')
    outgoing.destroy()
    await left
  })

  it('is refused with a problem where the API is away', async () => {
    const away = await listening((incoming, outgoing) => passOn(new URL('http://127.0.0.1:1'), incoming, outgoing))
    const response = await fetch(`${urlOf(away)}/management/v1/auth/session`)
    away.close()
    expect(response.status).toBe(502)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ code: 'api_unreachable' })
  })
})

/** Sends these bytes, and waits until the answer is over. */
async function rawly(text: string): Promise<void> {
  const socket = connect((front.address() as AddressInfo).port, '127.0.0.1', () => socket.write(text)).resume()
  await once(socket, 'close')
}

async function listening(handler: Handler): Promise<Server> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
