import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { type Clock, systemClock } from '../clock.ts'
import { answerChat, answerCompletion } from './demo-answers.ts'
import { answerEmbeddings } from './demo-embeddings.ts'
import { badRequest, faultOf, internalError, invalidApiKey, tooLarge, unknownModel, unknownUrl } from './demo-error.ts'
import { Exchange, JSON_TYPE, MOST_BODY_BYTES, STREAM_TYPE } from './demo-exchange.ts'
import { type DemoModel, parseDemoModel } from './demo-model.ts'
import { BadRequest, type Fields, isRecord, parseFields } from './demo-request.ts'
import { RequestLog } from './demo-request-log.ts'
import { bodyTransmission, junkTransmission, streamTransmission, type Transmission } from './demo-transmission.ts'
import { answerBody, answerEvents, type Dialect } from './demo-wire.ts'

export type DemoServerOptions = {
  readonly host?: string
  /** 0: one that is free. */
  readonly port?: number
  /** Requests with another key are answered 401; without it every key is good, and none. */
  readonly apiKey?: string
  /** Keep request bodies in the log. */
  readonly keepBodies?: boolean
  readonly clock?: Clock
}

export type DemoServer = {
  /** With `/v1`, as clients want it. */
  readonly url: string
  readonly requests: RequestLog
  /** Ends every connection at once. */
  close(): Promise<void>
}

/**
 * The demo provider: an upstream on this machine that speaks the OpenAI wire, asks no model, says so in its answers,
 * and answers equal requests alike. A model name can ask it for delays and faults, see `demo-model.ts`.
 * Rejects when the port can't be had.
 */
export async function startDemoServer(options: DemoServerOptions = {}): Promise<DemoServer> {
  const { host = '127.0.0.1', port = 0, apiKey, keepBodies = false, clock = systemClock } = options
  const requests = new RequestLog()
  const counts = new CallCounts()
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const exchange = new Exchange(request, response, requests, clock)
    serve(exchange, { apiKey, keepBodies, counts }).catch(() => exchange.fail(internalError))
  })
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  const boundPort = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}/v1`,
    requests,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      requests.close()
    },
  }
}

/** Longer than clients keep idle connections, so that none is closed under a request that is on its way. */
const KEEP_ALIVE_MS = 65_000

type Settings = { readonly apiKey: string | undefined; readonly keepBodies: boolean; readonly counts: CallCounts }

async function serve(exchange: Exchange, { apiKey, keepBodies, counts }: Settings): Promise<void> {
  const { entry } = exchange
  if (apiKey !== undefined && exchange.credential !== apiKey) return exchange.fail(invalidApiKey)
  if (entry.method === 'GET') return serveModels(exchange)
  const operation = entry.method === 'POST' ? OPERATIONS[entry.path] : undefined
  if (!operation) return exchange.fail(unknownUrl(entry.method, entry.path))
  const bytes = await exchange.readBody()
  if (!bytes) return exchange.fail(tooLarge(MOST_BODY_BYTES))
  if (keepBodies) entry.body = bytes
  try {
    const body = parseFields(bytes)
    const name = body.model
    if (typeof name !== 'string') throw new BadRequest("'model' must be a text", 'model')
    exchange.setModel(name)
    const model = parseDemoModel(name)
    if (!model) return exchange.fail(unknownModel(name))
    await answer(exchange, operation, body, model, counts)
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error
    exchange.fail(badRequest(error.message, error.param))
  }
}

type Operation = Dialect | 'embedding'

const OPERATIONS: Readonly<Record<string, Operation>> = {
  '/v1/chat/completions': 'chat',
  '/v1/completions': 'completion',
  '/v1/embeddings': 'embedding',
}

const MODELS_PATH = '/v1/models'

function serveModels(exchange: Exchange): void {
  const { path } = exchange.entry
  if (path === MODELS_PATH) exchange.json(200, JSON.stringify({ object: 'list', data: [modelRow('demo')] }))
  else if (path.startsWith(`${MODELS_PATH}/`)) serveModel(exchange, decoded(path.slice(MODELS_PATH.length + 1)))
  else exchange.fail(unknownUrl('GET', path))
}

function serveModel(exchange: Exchange, name: string): void {
  exchange.setModel(name)
  if (parseDemoModel(name)) exchange.json(200, JSON.stringify(modelRow(name)))
  else exchange.fail(unknownModel(name))
}

const modelRow = (id: string) => ({ id, object: 'model', created: 1_735_689_600, owned_by: 'demo' })

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

async function answer(
  exchange: Exchange,
  operation: Operation,
  body: Fields,
  model: DemoModel,
  counts: CallCounts,
): Promise<void> {
  const fails = model.flaky === undefined ? model.status !== undefined : counts.next(model.name) % model.flaky !== 0
  if (model.hang) return
  if (model.delay) await wait(model.delay, undefined, { ref: false })
  if (model.reset) return exchange.reset()
  if (fails) return exchange.fail(faultOf(model.status ?? 503, model.code), model['retry-after'])
  if (operation === 'embedding') {
    return exchange.send(
      JSON_TYPE,
      jsonTransmission(JSON.stringify(answerEmbeddings(body, model.name, !model['no-usage'])), model),
    )
  }
  const given = operation === 'chat' ? answerChat(body, model) : answerCompletion(body, model)
  const head = { id: exchange.id, created: Math.floor(exchange.entry.startedAt / 1000), model: model.name }
  if (body.stream !== true) {
    return exchange.send(JSON_TYPE, jsonTransmission(answerBody(operation, given, head, !model['no-usage']), model))
  }
  const events = answerEvents(operation, given, head, model, wantsUsage(body) && !model['no-usage'])
  return exchange.send(STREAM_TYPE, model.garbage ? junkTransmission(model) : streamTransmission(events, model))
}

const jsonTransmission = (body: string, model: DemoModel): Transmission =>
  bodyTransmission(model.garbage ? '<html><body>This is not JSON</body></html>' : body, model)

function wantsUsage(body: Fields): boolean {
  const options = body.stream_options
  return isRecord(options) && options.include_usage === true
}

/** How often each model was called, for the most recent names. */
class CallCounts {
  readonly #counts = new Map<string, number>()

  /** 1 for the first call. */
  next(name: string): number {
    const count = (this.#counts.get(name) ?? 0) + 1
    this.#counts.delete(name)
    this.#counts.set(name, count)
    if (this.#counts.size > MOST_COUNTED) {
      const [oldest] = this.#counts.keys()
      if (oldest !== undefined) this.#counts.delete(oldest)
    }
    return count
  }
}

const MOST_COUNTED = 1000
