import { mkdir } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import {
  answerExpectation,
  answerFrameworkError,
  answerParserError,
  answerUnknownUrl,
  createGateway,
  createLedger,
  createProviders,
  GatewayError,
  gatewayPlugin,
  type Ledger,
  type Log,
  type RunningGateway,
  Shipper,
  startDemoServer,
  systemClock,
  UpstreamAddressPolicy,
} from '@vm-x/gateway'
import {
  type CapacityState,
  type ChangeFeed,
  openChangeFeed,
  openStorage,
  type RedisState,
  type Storage,
} from '@vm-x/storage'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { openAdminSocket } from './admin/admin-socket.ts'
import { AppModule } from './app.module.ts'
import { createPasswordHasher, type PasswordHasher } from './auth/password-hasher.ts'
import { type Config, ConfigError } from './config.ts'
import { apiDocs } from './docs/api-docs.plugin.ts'
import type { Health, RedisHealth } from './health/health.ts'
import { ProblemFilter } from './http/problem.filter.ts'
import { type IdleConnections, idleConnections } from './idle-connections.ts'
import type { ManagementParts } from './management.module.ts'
import { managementParts } from './management-parts.ts'
import { servicesOf } from './services.ts'
import { type Prepared, prepareConfiguration } from './setup/prepare-configuration.ts'

export type ProductOptions = {
  readonly config: Config
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: Log
  /** Told of each step that may take long. */
  readonly progress: (step: string) => void
  /** Another one than that whose hashes are as costly as they must be: for tests. */
  readonly hasher?: PasswordHasher
}

export type Product = {
  /** e.g. `http://127.0.0.1:3000` */
  readonly url: string
  readonly prepared: Prepared
  readonly storage: Storage
  /** Takes no new requests, lets streams finish within the grace time, ships the journal, closes everything. */
  close(): Promise<void>
}

/** Opens everything in the order in which it depends on each other; answers once requests are served. */
export async function startProduct({
  config,
  env,
  log,
  progress,
  hasher = createPasswordHasher(),
}: ProductOptions): Promise<Product> {
  const demoServer = await startDemoServer()
  const policy = addressPolicy(config.upstreamAllow, demoServer.url)
  progress('Opening the database')
  await createDirectory('DATA_DIR', config.dataDir)
  await createDirectory('JOURNAL_DIR', config.journalDir)
  const storage = await openStorage({ ...config, log, clock: systemClock })
  let app: NestFastifyApplication | undefined
  let shippers: readonly Shipper[] = []
  let feed: ChangeFeed | undefined
  try {
    const { journal, sinks, vault, catalog, history } = storage
    const ledger = createLedger({ journal, durability: config.auditDurability, onFull: config.auditOnFull, log })
    const interrupted = await ledger.recover()
    if (interrupted > 0) log.warn({ interrupted }, 'requests were interrupted when the process ended last time')
    shippers = [...sinks].map(([name, sink]) => new Shipper({ name, journal, sink, log }))
    const drained = (deadline: AbortSignal) => Promise.all(shippers.map((shipper) => shipper.drain(deadline)))
    for (const shipper of shippers) shipper.start()
    // What the last process left is to count for limits too, which are rebuilt from the stores.
    await drained(AbortSignal.timeout(LONGEST_DRAIN_MS))
    const { depth } = journal.stats()
    if (depth > 0) log.warn({ depth }, 'Records of the last process are still on their way: limits do not count them')
    const providerParts = { vault, policy, clock: systemClock, demoUrl: demoServer.url }
    const providers = createProviders(providerParts)
    const gateway = createGateway({
      catalog,
      ledger,
      history,
      capacity: storage.capacity,
      knowledge: storage.knowledge,
      providers,
      clock: systemClock,
      log,
    })
    // Before anything is read of what it tells the changes of.
    feed = await openChangeFeed({
      db: storage.database.db,
      listenUrl: config.databaseListenUrl,
      caFile: config.databaseCaFile,
      onAnnounced: storage.announcements?.onAnnounced,
      onChange: gateway.refresh,
      log,
    })
    const changeFeed = feed
    const parts = await managementParts({ config, storage, gateway, providerParts, hasher, log })
    progress('Starting the server')
    let started = false
    app = await serve({
      config,
      gateway,
      health: health(gateway, storage, () => started),
      management: parts,
      log,
    })
    const idle = idleConnections(app.getHttpServer())
    // Only now: an API key that is made for a server that can't start would never be shown.
    const services = servicesOf(app)
    const prepared = await prepareConfiguration({ config, env, parts, services })
    await gateway.refresh('all')
    const admin = await openAdminSocket({ ...parts, services, dataDir: config.dataDir, storage, gateway, drained, log })
    started = true
    const server = app
    return {
      url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${portOf(server)}`,
      prepared,
      storage,
      close: async () => {
        gateway.drain()
        await admin.close()
        await closeServer(server, idle, config.shutdownGraceMs)
        const deadline = AbortSignal.timeout(LONGEST_DRAIN_MS)
        await ended(ledger, deadline)
        await gateway.close()
        await drained(deadline)
        for (const shipper of shippers) shipper.stop()
        await Promise.all([...providers.values()].map((provider) => provider.close()))
        await demoServer.close()
        await changeFeed.close()
        await storage.close()
      },
    }
  } catch (error) {
    await app?.close().catch(() => {})
    // They would complain about the stores that are closed under them.
    for (const shipper of shippers) shipper.stop()
    await feed?.close()
    await Promise.allSettled([demoServer.close(), storage.close()])
    throw error
  }
}

const createDirectory = (setting: string, path: string) =>
  mkdir(path, { recursive: true, mode: 0o700 }).catch((error: Error) => {
    throw new ConfigError(`${setting}: ${path} can not be created: ${error.message}`)
  })

const LONGEST_DRAIN_MS = 10_000

function addressPolicy(allow: string, demoUrl: string): UpstreamAddressPolicy {
  try {
    return new UpstreamAddressPolicy([allow, new URL(demoUrl).host].filter((item) => item !== '').join(','))
  } catch (error) {
    throw new ConfigError(`UPSTREAM_ALLOW: ${error instanceof Error ? error.message : String(error)}`)
  }
}

type ServerParts = {
  readonly config: Config
  readonly gateway: RunningGateway
  readonly health: Health
  readonly management: ManagementParts
  readonly log: Log
}

async function serve({ config, gateway, health, management, log }: ServerParts): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    logger: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    requestTimeout: config.requestTimeoutMs,
    http: {
      headersTimeout: Math.min(LONGEST_HEADERS_MS, config.requestTimeoutMs),
      connectionsCheckingInterval: Math.min(SLOWEST_CHECK_MS, config.requestTimeoutMs / 4),
      maxHeaderSize: LARGEST_HEADERS,
      // Node's own refusal has no body; see below.
      requireHostHeader: false,
    },
    trustProxy: config.trustedProxies.length > 0 ? config.trustedProxies : false,
    clientErrorHandler: answerParserError,
    frameworkErrors: answerFrameworkError(gateway, log),
  })
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(health, management), adapter, {
    logger: false,
    bodyParser: false,
    abortOnError: false,
  })
  const fastify = app.getHttpAdapter().getInstance()
  fastify.addHook('onRequest', requireHost)
  // Of Fastify's own parsers only the one for JSON stays; the data plane has none.
  fastify.removeContentTypeParser('text/plain')
  for (const prefix of ['/v1', '/api/v1']) {
    await app.register(gatewayPlugin, { prefix, gateway, maxBodyBytes: config.maxBodyBytes, log })
  }
  await app.register(apiDocs)
  app.useGlobalFilters(new ProblemFilter(answerUnknownUrl(gateway, log), log))
  app.getHttpServer().on('checkExpectation', answerExpectation)
  // Without a listener the connection is closed without a word.
  app
    .getHttpServer()
    .on('connect', (_request: IncomingMessage, socket: Socket) =>
      answerParserError(new Error('CONNECT is for proxies'), socket),
    )
  await app.listen(config.port, config.host).catch(async (error: NodeJS.ErrnoException) => {
    await app.close()
    throw error.code === 'EADDRINUSE'
      ? new ConfigError(`PORT: ${config.port} on ${config.host} is in use by another program; set PORT to another one`)
      : error
  })
  return app
}

/** Of requests to the data plane: https://www.rfc-editor.org/rfc/rfc9112#section-3.2 */
function requireHost(request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void {
  const { headers, httpVersion } = request.raw
  if (headers.host === undefined && httpVersion === '1.1' && request.routeOptions.config.policy)
    done(new GatewayError('invalid_request', "The header 'host' is missing"))
  else done()
}

function portOf(app: NestFastifyApplication): number {
  const address = app.getHttpServer().address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function health(gateway: RunningGateway, { journal, guard, redis, capacity }: Storage, started: () => boolean): Health {
  return {
    report: () => {
      const { depth, bytes, oldestAt, setAside, full } = journal.stats()
      const oldestAgeMs = oldestAt === null ? 0 : Math.max(0, systemClock.now() - oldestAt)
      const redisState = redis?.state()
      const status = gateway.draining()
        ? 'draining'
        : !started()
          ? 'starting'
          : !gateway.ledger.accepting()
            ? 'full'
            : redisState?.noeviction === false
              ? 'evicting'
              : 'ok'
      return {
        status,
        journal: { depth, bytes, oldestAgeMs, setAside, full },
        audit: guard,
        ...(redisState && capacity && { redis: presentedRedis(redisState, capacity.state()) }),
      }
    },
  }
}

const presentedRedis = (
  { connected, sinceMs, noeviction, reason }: RedisState,
  { replicas, away }: CapacityState,
): RedisHealth => ({
  connected,
  since: sinceMs === null ? null : new Date(sinceMs).toISOString(),
  noeviction,
  reason,
  limits: { replicas, away: away && presentedAway(away) },
})

const presentedAway = ({ workspaces, sinceMs, reason }: NonNullable<CapacityState['away']>) => ({
  workspaces,
  since: new Date(sinceMs).toISOString(),
  reason,
})

/** Finishes requests under way; what has not ended within the grace time is cut off. */
async function closeServer(app: NestFastifyApplication, idle: IdleConnections, graceMs: number): Promise<void> {
  const cut = setTimeout(() => app.getHttpServer().closeAllConnections(), graceMs)
  // A client may keep its connection open after the answer: only those without a request are closed by `close` itself.
  const check = setInterval(() => idle.close(), IDLE_CHECK_MS)
  await app.close()
  clearTimeout(cut)
  clearInterval(check)
}

const LONGEST_HEADERS_MS = 60_000
const SLOWEST_CHECK_MS = 10_000
const LARGEST_HEADERS = 16 * 1024

const IDLE_CHECK_MS = 50

/** Requests that were cut off end once their sockets have closed, which is after the server has. */
async function ended(ledger: Ledger, deadline: AbortSignal): Promise<void> {
  while (ledger.counts().open > 0 && !deadline.aborted) await new Promise((resolve) => setImmediate(resolve))
  await ledger.kept()
}
