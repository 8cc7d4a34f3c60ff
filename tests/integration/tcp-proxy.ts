import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll } from 'vitest'

export type TcpProxy = {
  /** The URL that was given, by way of the proxy. */
  readonly url: string
  /** From now on takes connections and what they send, and answers nothing, as a server that hangs. */
  silence(): void
  /** Ends all connections; from now on new ones are refused. */
  refuse(): Promise<void>
}

/** Stands in front of a server of this machine until the test file is over. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  const track = (socket: Socket) => {
    sockets.add(socket)
    return socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  }
  let silent = false
  const server = createServer((client) => {
    track(client)
    const upstream = track(connect(Number(port), hostname))
    // What comes is read and dropped, or else the sender would notice.
    client.on('data', (bytes) => void (silent || upstream.write(bytes)))
    upstream.on('data', (bytes) => void (silent || client.write(bytes)))
    client.once('close', () => upstream.destroy())
    upstream.once('close', () => void (silent || client.destroy()))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.port = String((server.address() as AddressInfo).port)
  const refuse = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  stops.push(refuse)
  return {
    url: url.href,
    silence: () => {
      silent = true
    },
    refuse,
  }
}

const stops: (() => Promise<void>)[] = []
afterAll(() => Promise.all(stops.map((stop) => stop())))
