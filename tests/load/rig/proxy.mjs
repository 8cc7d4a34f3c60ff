import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/**
 * @typedef {object} Proxy
 * @property {string} url the one that was given, by way of the proxy
 * @property {() => void} silence connections stay, and nothing more goes through
 * @property {() => void} pass whatever came in silence is lost with its connection
 * @property {(ms: number) => void} delay all that comes is passed on so much later, in either direction
 * @property {() => Promise<void>} stop
 */

/**
 * Stands in front of a server of this machine.
 * @returns {Promise<Proxy>}
 */
export async function startProxy(target) {
  const { hostname, port } = new URL(target)
  const sockets = new Set()
  let [silent, delayMs] = [false, 0]
  const pipe = (from, to) => {
    sockets.add(from)
    from.on('data', (bytes) => {
      if (silent) from.damaged = true
      else if (delayMs > 0) setTimeout(() => to.write(bytes), delayMs)
      else to.write(bytes)
    })
    from.on('error', () => {})
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
  }
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: Number(port), host: hostname, noDelay: true })
    pipe(client, upstream)
    pipe(upstream, client)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.port = String(server.address().port)
  return {
    url: url.href,
    silence: () => {
      silent = true
    },
    pass: () => {
      silent = false
      for (const socket of sockets) if (socket.damaged) socket.destroy()
    },
    delay: (ms) => {
      delayMs = ms
    },
    stop: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
