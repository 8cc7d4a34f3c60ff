import type { Socket } from 'node:net'

export type LingerBounds = {
  /** How much more a client may send. */
  readonly maxBytes: number
  readonly maxMs: number
}

/**
 * Closes a connection whose client may still be sending, after the last byte of an answer was written: ends the own side,
 * then reads and drops what comes until the client closes too, or a bound is reached. A socket that is closed with bytes
 * unread resets the connection, and the client loses the answer: https://www.rfc-editor.org/rfc/rfc9112#section-9.6
 */
export function lingeringClose(socket: Socket, { maxBytes, maxMs }: LingerBounds = BOUNDS): void {
  if (lingering.has(socket)) return
  lingering.add(socket)
  const cut = setTimeout(() => socket.destroy(), maxMs)
  let bytes = 0
  const drop = () => {
    // Nothing that comes is HTTP any more.
    socket.removeAllListeners('data')
    socket.on('data', (piece: Buffer) => {
      bytes += piece.length
      if (bytes > maxBytes) socket.destroy()
    })
  }
  socket.on('end', () => socket.destroySoon())
  socket.on('error', () => {})
  socket.on('close', () => clearTimeout(cut))
  socket.end()
  if (socket.readableFlowing) return drop()
  // Paused by Node's HTTP server, since nobody takes the body. A listener of its own reads on when the socket is resumed,
  // and is gone once there is another one for `data`.
  socket.once('resume', drop)
  socket.resume()
}

/** Whether the socket has had its last answer. */
export const isLingering = (socket: Socket): boolean => lingering.has(socket)

const lingering = new WeakSet<Socket>()

const MOST_DROPPED_BYTES = 64 * 1024 * 1024
const LONGEST_LINGER_MS = 5_000
const BOUNDS: LingerBounds = { maxBytes: MOST_DROPPED_BYTES, maxMs: LONGEST_LINGER_MS }
