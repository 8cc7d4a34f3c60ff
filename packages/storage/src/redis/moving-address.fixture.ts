import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** An address that leads to one server and later to another, as a name does when a replica takes over. */
export async function startMovingAddress(serverUrl: string) {
  let port = portOf(serverUrl)
  const sockets = new Set<Socket>()
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const url = new URL(serverUrl)
  url.port = String((proxy.address() as AddressInfo).port)
  return {
    url: url.href,
    /** New connections lead there from now on; `cut`: and those that are open are ended. */
    moveTo(otherUrl: string, { cut }: { cut: boolean }): void {
      port = portOf(otherUrl)
      if (cut) for (const socket of sockets) socket.destroy()
    },
    close(): void {
      proxy.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

const portOf = (url: string) => Number(new URL(url).port)
