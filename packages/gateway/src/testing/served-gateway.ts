import { type ClientRequest, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import fastify, { type FastifyInstance } from 'fastify'
import { createGateway } from '../gateway.ts'
import type { Log } from '../log.ts'
import { answerFrameworkError, answerParserError, gatewayPlugin, type PluginOptions } from '../plugin.ts'
import type { Provider } from '../providers/provider.ts'
import { createProviders } from '../providers/registry.ts'
import { UpstreamAddressPolicy } from '../providers/upstream-address.ts'
import { CatalogDouble, connectionEntry, environmentEntry, resourceEntry } from './catalog-double.ts'
import { DrivenClock } from './driven-clock.ts'
import { LedgerDouble } from './ledger-double.ts'
import { type Answer, answerJson, Upstream } from './upstream.ts'
import { VaultDouble } from './vault-double.ts'

/** The credential at every upstream. */
export const SECRET = 'sk-upstream-secret-1234567890'
export const MAX_BODY = 100_000
export const CHAT = { model: 'gpt', messages: [{ role: 'user', content: 'hello' }] }

export type ServedOptions = {
  answers?: Answer[]
  providers?: ReadonlyMap<string, Provider>
  prepare?: (app: FastifyInstance, served: PluginOptions) => void
}

/** A listening server with the plugin, and one upstream for each answer: the primary target of `gpt`, then its fallbacks. */
export async function serveGateway({ answers = [answerJson()], providers, prepare }: ServedOptions = {}) {
  const vault = new VaultDouble()
  const upstreams = await Promise.all(answers.map((answer) => Upstream.start(answer)))
  const catalog = new CatalogDouble()
  const connections = await Promise.all(
    upstreams.map(async ({ url }, i) => {
      const id = `c${i}`
      const sealedApiKey = await vault.seal(SECRET, { workspaceId: 'w', environmentId: 'e', connectionId: id })
      return connectionEntry(id, { baseUrl: `${url}/v1`, sealedApiKey })
    }),
  )
  catalog.environments.set(
    'e',
    environmentEntry(connections, [
      resourceEntry(
        'gpt',
        connections.map(({ id }) => id),
        { retries: { max: 0 } },
      ),
    ]),
  )
  const key = catalog.addKey()
  const clock = new DrivenClock()
  const ledger = new LedgerDouble()
  const table =
    providers ??
    createProviders({ vault, policy: new UpstreamAddressPolicy('127.0.0.1'), clock, demoUrl: 'http://127.0.0.1:9/v1' })
  const logged: object[] = []
  const history = { charged: async () => [] }
  const log: Log = { info: () => {}, warn: () => {}, error: (fields) => logged.push(fields) }
  const gateway = createGateway({ catalog, ledger, history, clock, providers: table, log })
  const app = fastify({
    clientErrorHandler: answerParserError,
    frameworkErrors: answerFrameworkError(gateway, log),
    http: { maxHeaderSize: 8192 },
  })
  prepare?.(app, { gateway, maxBodyBytes: MAX_BODY, log })
  for (const prefix of ['/v1', '/api/v1']) app.register(gatewayPlugin, { prefix, gateway, maxBodyBytes: MAX_BODY, log })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const { port } = address
  const close = async () => {
    app.server.closeAllConnections()
    await app.close()
    await Promise.all(upstreams.map((upstream) => upstream.close()))
    await Promise.all([...table.values()].map((provider) => provider.close()))
  }
  const begin = (path: string, body: unknown, headers: Record<string, string> = {}, method = 'POST'): ClientRequest => {
    const all = Object.entries({ authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers })
    const sent = Object.fromEntries(all.filter(([, value]) => value !== ''))
    const request = httpRequest({ host: '127.0.0.1', port, path, method, agent: false, headers: sent })
    if (body === null) request.end()
    else request.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))
    return request
  }
  const ask = (body: unknown = CHAT, { path = '/v1/chat/completions', headers = {}, method = 'POST' } = {}) =>
    answered(begin(path, body, headers, method))
  const [upstream] = upstreams
  if (!upstream) throw new Error('there is no upstream')
  return { ask, begin, upstream, upstreams, ledger, catalog, vault, gateway, app, port, key, logged, close }
}

export type Answered = { status: number; headers: IncomingHttpHeaders; text: string }

export const responseOf = (request: ClientRequest) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    request.on('error', reject)
  })

export async function answered(request: ClientRequest): Promise<Answered> {
  const response = await responseOf(request)
  const pieces: Buffer[] = []
  for await (const piece of response) pieces.push(piece)
  return { status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(pieces).toString() }
}

export const errorOf = ({ text }: { text: string }) => JSON.parse(text).error
