import { isIP } from 'node:net'
import { join } from 'node:path'
import { connectionOf, redisServerOf } from '@vm-x/storage'
import { z } from 'zod'
import { adminSocketPath, LONGEST_SOCKET_PATH } from './admin/admin-socket-path.ts'

const optional = z.string().min(1).optional()

const whole = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message)
}

const oneOf = <const Word extends string>(...words: Word[]) => z.enum(words, `must be one of ${words.join(', ')}`)

const postgres = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
  .optional()

const settings = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: whole(0, 65_535).default(3000),
  DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^(pglite:|postgres(ql)?:\/\/)/, 'must start with pglite: or postgres://')
    .optional(),
  DATABASE_RO_URL: postgres,
  DATABASE_MIGRATE_URL: postgres,
  DATABASE_LISTEN_URL: postgres,
  DATABASE_CA_FILE: optional,
  REDIS_URL: optional,
  REDIS_CA_FILE: optional,
  REDIS_TIMEOUT_MS: whole(50, 60_000).default(1000),
  CAPACITY_ON_FAILURE: oneOf('local', 'deny', 'allow').default('local'),
  VAULT_URL: z
    .string()
    .regex(/^libsodium:file=./, 'must be libsodium:file=<path>')
    .optional(),
  JOURNAL_DIR: optional,
  JOURNAL_MAX_MB: whole(1, 1_000_000).default(1024),
  AUDIT_DURABILITY: oneOf('strict', 'batched').default('strict'),
  AUDIT_ON_FULL: oneOf('refuse', 'drop').default('refuse'),
  UPSTREAM_ALLOW: z.string().default(''),
  ADMIN_EMAIL: z.email('must be an e-mail address').toLowerCase().default('admin@example.com'),
  ALLOWED_ORIGINS: z
    .string()
    .transform((text) => items(text))
    .refine((origins) => origins.every(isOrigin), 'must be origins, e.g. https://console.example.com')
    .default([]),
  TRUSTED_PROXIES: z
    .string()
    .transform((text) => items(text))
    .refine((ranges) => ranges.every(isRange), 'must be IP addresses or CIDR ranges, e.g. 10.0.0.0/8, 127.0.0.1')
    .default([]),
  CONSOLE_URL: z
    .string()
    .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), 'must start with http:// or https://')
    .optional(),
  CONSOLE_NOTE: optional,
  MAX_BODY_MB: whole(1, 1024).default(32),
  REQUEST_TIMEOUT_MS: whole(1, 86_400_000).default(120_000),
  SHUTDOWN_GRACE_MS: whole(0, 86_400_000).default(30_000),
  LOG_LEVEL: oneOf('error', 'warn', 'info', 'debug').default('info'),
  VMX_CONFIG: optional,
  USAGE_URL: z.literal('database:', 'only database: is there in this version').optional(),
})

/** Settings of later versions: set today they would do nothing, and nobody would notice. */
const NOT_YET = ['ROLES', 'OTEL_EXPORTER_OTLP_ENDPOINT']

export type Config = ReturnType<typeof resolve>

/** The settings are wrong; the message lists every problem, by name and without values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Reads all settings at once. Empty values count as not set. Throws {@link ConfigError}. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = settings.safeParse(given)
  const problems = NOT_YET.filter((name) => given[name] !== undefined).map(
    (name) => `${name}: has no effect in this version`,
  )
  problems.push(...databaseProblems(given), ...redisProblems(given))
  const dataDir = given['DATA_DIR'] ?? './data'
  if (Buffer.byteLength(adminSocketPath(dataDir)) > LONGEST_SOCKET_PATH)
    problems.push('DATA_DIR: is too long for the socket in it that the vmx command uses; choose a shorter path')
  if (!parsed.success)
    problems.unshift(...parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`))
  if (problems.length > 0 || !parsed.success)
    throw new ConfigError(`The settings are not right:\n${problems.map((line) => `  ${line}`).join('\n')}`)
  return resolve(parsed.data)
}

/** What the URLs of databases and the settings beside them say that can't be. */
function databaseProblems(given: Readonly<Record<string, string | undefined>>): string[] {
  const onServer = given['DATABASE_URL']?.startsWith('postgres') ?? false
  const problems = ['DATABASE_RO_URL', 'DATABASE_MIGRATE_URL', 'DATABASE_LISTEN_URL', 'DATABASE_CA_FILE']
    .filter((name) => !onServer && given[name] !== undefined)
    .map((name) => `${name}: has no effect without a DATABASE_URL of PostgreSQL`)
  for (const name of ['DATABASE_URL', 'DATABASE_RO_URL', 'DATABASE_MIGRATE_URL', 'DATABASE_LISTEN_URL']) {
    const url = given[name]
    if (url === undefined || !/^postgres(ql)?:\/\//.test(url)) continue
    try {
      connectionOf(url, given['DATABASE_CA_FILE'])
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return problems
}

/** What the URL of Redis and the settings beside it say that can't be. */
function redisProblems(given: Readonly<Record<string, string | undefined>>): string[] {
  const url = given['REDIS_URL']
  if (url === undefined)
    return ['REDIS_CA_FILE', 'REDIS_TIMEOUT_MS', 'CAPACITY_ON_FAILURE']
      .filter((name) => given[name] !== undefined)
      .map((name) => `${name}: has no effect without REDIS_URL`)
  try {
    redisServerOf(url, given['REDIS_CA_FILE'])
    return []
  } catch (error) {
    return [`REDIS_URL: ${error instanceof Error ? error.message : String(error)}`]
  }
}

const items = (text: string) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

const isOrigin = (text: string) => /^https?:/.test(text) && URL.parse(text)?.origin === text

function isRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  const longest = family === 4 ? 32 : 128
  return (
    family !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest))
  )
}

function resolve(data: z.infer<typeof settings>) {
  const { DATA_DIR: dataDir } = data
  return {
    host: data.HOST,
    port: data.PORT,
    dataDir,
    databaseUrl: data.DATABASE_URL ?? `pglite:${join(dataDir, 'db')}`,
    databaseReaderUrl: data.DATABASE_RO_URL,
    databaseMigrateUrl: data.DATABASE_MIGRATE_URL,
    databaseListenUrl: data.DATABASE_LISTEN_URL,
    databaseCaFile: data.DATABASE_CA_FILE,
    redisUrl: data.REDIS_URL,
    redisCaFile: data.REDIS_CA_FILE,
    redisTimeoutMs: data.REDIS_TIMEOUT_MS,
    capacityOnFailure: data.CAPACITY_ON_FAILURE,
    vaultUrl: data.VAULT_URL ?? `libsodium:file=${join(dataDir, 'key')}`,
    journalDir: data.JOURNAL_DIR ?? join(dataDir, 'journal'),
    journalMaxBytes: data.JOURNAL_MAX_MB * 1024 * 1024,
    auditDurability: data.AUDIT_DURABILITY,
    auditOnFull: data.AUDIT_ON_FULL,
    upstreamAllow: data.UPSTREAM_ALLOW,
    adminEmail: data.ADMIN_EMAIL,
    allowedOrigins: data.ALLOWED_ORIGINS,
    trustedProxies: data.TRUSTED_PROXIES,
    consoleUrl: data.CONSOLE_URL,
    consoleNote: data.CONSOLE_NOTE,
    maxBodyBytes: data.MAX_BODY_MB * 1024 * 1024,
    requestTimeoutMs: data.REQUEST_TIMEOUT_MS,
    shutdownGraceMs: data.SHUTDOWN_GRACE_MS,
    logLevel: data.LOG_LEVEL,
    configFile: data.VMX_CONFIG,
  }
}
