import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { lingeringClose } from './lingering-close.ts'

const ANSWER = 'no more of this'
const PIECE = Buffer.alloc(64 * 1024)
const FOR_EVER = { maxBytes: Infinity, maxMs: 600_000 }

const cleanups: (() => unknown)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

/** Both ends of a connection, and what the one has read of the other. */
async function pair() {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  cleanups.push(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const client = connect({ port: address.port, host: '127.0.0.1', allowHalfOpen: true })
  cleanups.push(() => client.destroy())
  const [socket] = (await once(server, 'connection')) as [Socket]
  cleanups.push(() => socket.destroy())
  const seen = { text: '', errors: [] as Error[], sent: 0 }
  client.on('data', (piece) => (seen.text += piece)).on('error', (error) => seen.errors.push(error))
  const send = (): void => {
    while (!client.destroyed && client.writable && client.write(PIECE)) seen.sent += PIECE.length
    client.once('drain', send)
  }
  const answer = (bounds = FOR_EVER) => {
    socket.write(ANSWER)
    lingeringClose(socket, bounds)
  }
  return { client, socket, seen, send, answer }
}

const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))

describe('a connection whose client is still sending', () => {
  it('is not reset: the client reads the answer, and its end', async () => {
    const { client, socket, seen, send, answer } = await pair()
    send()
    await vi.waitFor(() => expect(seen.sent).toBeGreaterThan(1_000_000))
    answer()
    await once(client, 'end')
    const before = seen.sent
    await vi.waitFor(() => expect(seen.sent).toBeGreaterThan(2 * before))
    client.removeAllListeners('drain').end()
    await closed(socket)
    expect(seen).toMatchObject({ text: ANSWER, errors: [] })
  })

  it('is cut when the client sends more than it may', async () => {
    const { socket, seen, send, answer } = await pair()
    answer({ maxBytes: 10_000_000, maxMs: 600_000 })
    await vi.waitFor(() => expect(seen.text).toBe(ANSWER))
    send()
    await closed(socket)
    expect(socket.bytesRead).toBeGreaterThan(10_000_000)
    expect(socket.bytesRead).toBeLessThan(11_000_000)
  })

  it('is cut when the client goes on for longer than it may, however little it sends', async () => {
    const { socket, answer } = await pair()
    answer({ maxBytes: Infinity, maxMs: 20 })
    await closed(socket)
  })

  it('is closed at once when the client closes it', async () => {
    const { client, socket, answer } = await pair()
    answer()
    client.end()
    await closed(socket)
  })

  it('that is reset by the client is no fault', async () => {
    const { client, socket, answer } = await pair()
    answer()
    client.resetAndDestroy()
    await closed(socket)
  })
})
