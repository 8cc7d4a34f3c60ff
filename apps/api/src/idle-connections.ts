import type { Server } from 'node:http'
import type { Socket } from 'node:net'

export type IdleConnections = { close(): void }

/**
 * Watches a server's connections from now on; `close` ends those on which no request is under way. Node's own
 * `closeIdleConnections` takes a connection that has not sent anything yet for one that is sending its first request.
 */
export function idleConnections(server: Server): IdleConnections {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return {
    close: () => {
      server.closeIdleConnections()
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
    },
  }
}
