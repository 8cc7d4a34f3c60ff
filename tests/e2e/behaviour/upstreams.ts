import { hash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { type DemoServer, startDemoServer } from '@vm-x/gateway'
import { z } from 'zod'
import { startAimock } from '../aimock-upstream.ts'
import { CLIENTS, type Client, connectionOf, markOf, PLACES, type Place, type Row, type TargetPlan } from './row.ts'

/** A request as the upstream's own log has it. */
export type Arrival = { readonly place: Place; readonly atMs: number }

export type Upstreams = {
  /** What connections to it are configured with. */
  connection(row: Row, client: Client, place: Place, plan: TargetPlan): object
  /** For `UPSTREAM_ALLOW`. */
  readonly allow: string
  /** What arrived for a row, in order. */
  arrivals(row: Row, client: Client): Arrival[]
  close(): Promise<void>
}

/** Everything that rows can have for a target, on loopback. Each client has a demo server of its own, which counts for it alone. */
export async function startUpstreams(): Promise<Upstreams> {
  const aimockKey = `sk-aimock-${crypto.randomUUID()}`
  const [aimock, silent, ...demos] = await Promise.all([
    startAimock(aimockKey),
    startSilent(),
    ...CLIENTS.map(() => startDemoServer({ keepBodies: true })),
  ])
  const demoOf = new Map<Client, DemoServer>(CLIENTS.flatMap((client, index) => pair(client, demos[index])))

  const addressOf = (client: Client, plan: TargetPlan) =>
    ({ demo: demoOf.get(client)?.url, aimock: `${aimock.url}/v1`, closed: CLOSED, silent: silent.url })[plan.on]

  return {
    connection: (row, client, place, plan) => ({
      provider: 'openai-compatible',
      baseUrl: addressOf(client, plan),
      apiKey: plan.on === 'aimock' ? aimockKey : keyOf(row, client, place),
      ...plan.connection,
    }),
    allow: [aimock.url, silent.url, CLOSED, ...demos.map(({ url }) => url)].map((url) => new URL(url).host).join(','),
    arrivals: (row, client) => {
      const mark = markOf(row, client)
      const keys = PLACES.map((place) => hash('sha256', `Bearer ${keyOf(row, client, place)}`))
      const atDemo = (demoOf.get(client)?.requests.entries ?? []).flatMap(({ body, headers, startedAt }) => {
        const place = PLACES[keys.indexOf(headers.authorization ?? '')]
        return place && userOf(parse(body)) === mark ? [{ place, atMs: startedAt }] : []
      })
      const atAimock = aimock.getRequests().flatMap(({ body, timestamp }) => {
        if (userOf(body) !== mark) return []
        const place = PLACES[row.targets.findIndex(({ on, model }) => on === 'aimock' && model === modelOf(body))]
        return place ? [{ place, atMs: timestamp }] : []
      })
      return [...atDemo, ...atAimock].toSorted((a, b) => a.atMs - b.atMs)
    },
    close: async () => {
      await Promise.all([aimock.stop(), silent.close(), ...demos.map((each) => each.close())])
    },
  }
}

const pair = (client: Client, server: DemoServer | undefined): [Client, DemoServer][] =>
  server ? [[client, server]] : []

/** By its credential a demo server's log tells the connection that a request came through. */
const keyOf = (row: Row, client: Client, place: Place) => `sk-${connectionOf(markOf(row, client), place)}`

/** The lowest port, where nobody listens. */
const CLOSED = 'http://127.0.0.1:1/v1'

const logged = z.looseObject({ user: z.string().optional(), model: z.string().optional() })
const userOf = (body: unknown) => logged.safeParse(body).data?.user
const modelOf = (body: unknown) => logged.safeParse(body).data?.model
const parse = (body: Buffer | undefined): unknown => (body === undefined ? undefined : JSON.parse(body.toString()))

/** Takes connections and never says a word: a TLS handshake with it does not end. */
async function startSilent(): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket.on('error', () => {}).resume())).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `https://127.0.0.1:${port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
