import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ConnectionOptions } from 'node:tls'
import { PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { copyBinary } from './copy-binary.ts'
import { withoutRows } from './database-error.ts'
import { GuardedKysely } from './guarded-kysely.ts'
import { HeavyReads } from './heavy-reads.ts'
import { insertBatch } from './insert-batch.ts'
import type { DatabaseOptions, OpenedDatabase } from './open.ts'

const WRITER_CONNECTIONS = 10
/** Two for what may take long, and as many for what does not. */
const READER_CONNECTIONS = 4
const HEAVY_READS = { atOnce: 2, waiting: 4 }
const STATEMENT_TIMEOUT_MS = 15_000
const READ_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 5_000
/** Longer than any statement may take: a server silent for this long is not coming back. */
const SILENCE_MS = 30_000

/**
 * Connects to a PostgreSQL server when first asked; a server that is away fails queries, never the process, and is
 * found again by itself.
 */
export function openPostgres(options: DatabaseOptions): OpenedDatabase {
  const { url, readerUrl = url, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options
  const writer = createPool(url, WRITER_CONNECTIONS, { ...options, statementTimeoutMs })
  // Of their own also where they lead to the same server: reads must not take the connections of the request path.
  const reader = createPool(readerUrl, READER_CONNECTIONS, {
    ...options,
    statementTimeoutMs: Math.min(statementTimeoutMs, READ_TIMEOUT_MS),
  })
  return {
    kind: 'postgres',
    db: new GuardedKysely({ dialect: new PostgresDialect({ pool: quiet(writer) }) }),
    reader: new GuardedKysely({ dialect: new PostgresDialect({ pool: quiet(reader) }) }),
    heavyReads: new HeavyReads(HEAVY_READS),
    mostRowsARead: Number.POSITIVE_INFINITY,
    bulkInsert: (jsonTexts, insert) => withoutRows(bulkInsert(writer, jsonTexts, insert)),
    close: async () => {
      await Promise.all([writer, reader].map((pool) => (pool.ending ? undefined : pool.end())))
    },
  }
}

/** The pool, whose errors are safe to log. */
const quiet = (pool: pg.Pool): PostgresPool => ({
  options: pool.options,
  connect: async () => {
    const client = await pool.connect()
    const query = (text: string, parameters: readonly unknown[]) => withoutRows(client.query(text, [...parameters]))
    return { query, release: (destroy?: boolean) => client.release(destroy) } as unknown as PostgresPoolClient
  },
  end: () => pool.end(),
})

async function bulkInsert(pool: pg.Pool, jsonTexts: readonly Buffer[], insert: string): Promise<void> {
  const client = await pool.connect()
  const copy = () =>
    pipeline(
      Readable.from([copyBinary(jsonTexts)]),
      client.query(copyFrom('copy batch from stdin with (format binary)')),
    )
  await insertBatch(client, copy, insert)
}

function createPool(
  url: string,
  max: number,
  { log, caFile, statementTimeoutMs }: DatabaseOptions & { readonly statementTimeoutMs: number },
): pg.Pool {
  const pool = new pg.Pool({
    ...connectionOf(url, caFile),
    max,
    application_name: 'vm-x-ai',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: { getTypeParser },
    ...(statementTimeoutMs > 0 && {
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: SILENCE_MS,
      stream: silenceEndingSocket,
    }),
  })
  const report = (error: Error) => log.warn({ reason: error.message }, 'A connection to PostgreSQL was lost')
  // Without listeners, a server that goes away ends the process: the pool hears of its idle connections only.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', report))
  return pool
}

/** A server that vanishes without a word would otherwise hold its queries until TCP gives up. */
function silenceEndingSocket(): Socket {
  const socket = new Socket()
  return socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error('PostgreSQL has not answered')))
}

/** Counts come as numbers on both databases; ours stay below 2^53. */
const getTypeParser: typeof pg.types.getTypeParser = (type: number, format?: 'text' | 'binary') =>
  type === pg.types.builtins.INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(type, format)

/** The role that a PostgreSQL URL signs in as. */
export const roleOf = (url: string): string => decodeURIComponent(parseUrl(url).username)

/**
 * `pg` reads TLS settings in the URL in ways that differ by version, so they are taken out of it: `require` and
 * `verify-full` both check the certificate and the host's name, anything weaker but `disable` is refused. Throws what is
 * wrong with the URL, without its text.
 */
export function connectionOf(
  url: string,
  caFile?: string,
): { connectionString: string; ssl: ConnectionOptions | false } {
  const parsed = parseUrl(url)
  const setting = (name: string) => {
    const value = parsed.searchParams.get(name)
    parsed.searchParams.delete(name)
    return value ?? undefined
  }
  const mode = setting('sslmode') ?? 'disable'
  const files = { ca: setting('sslrootcert') ?? caFile, cert: setting('sslcert'), key: setting('sslkey') }
  for (const name of ['ssl', 'uselibpqcompat', 'sslnegotiation']) {
    if (setting(name) !== undefined)
      throw new Error(`The PostgreSQL URL has ${name}=, which is not supported: use sslmode=`)
  }
  if (!['disable', 'require', 'verify-full'].includes(mode)) {
    throw new Error(
      `The PostgreSQL URL has sslmode=${mode}: use verify-full, require (which verifies as well) or disable`,
    )
  }
  if (mode === 'disable') {
    if (Object.values(files).some(Boolean))
      throw new Error('A certificate for PostgreSQL is given, but its URL lacks sslmode=verify-full')
    return { connectionString: parsed.href, ssl: false }
  }
  const ssl: ConnectionOptions = { rejectUnauthorized: true }
  for (const [name, file] of Object.entries(files))
    if (file !== undefined) Object.assign(ssl, { [name]: readCertificate(file) })
  return { connectionString: parsed.href, ssl }
}

function readCertificate(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new Error(`The certificate file can not be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The URL itself never shows in the error: it may hold a password. */
function parseUrl(url: string): URL {
  const parsed = URL.parse(url)
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol))
    throw new Error('The PostgreSQL URL is not valid: write postgres://user:password@host:port/database')
  return parsed
}
