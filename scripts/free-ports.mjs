import { once } from 'node:events'
import { createServer } from 'node:net'

/** So many different ports of 127.0.0.1 that nobody listens on. */
export async function freePorts(count) {
  const probes = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(probes.map((probe) => once(probe, 'listening')))
  const ports = probes.map((probe) => probe.address().port)
  await Promise.all(
    probes.map((probe) => {
      probe.close()
      return once(probe, 'close')
    }),
  )
  return ports
}

export async function freePort() {
  const [port] = await freePorts(1)
  return port
}
