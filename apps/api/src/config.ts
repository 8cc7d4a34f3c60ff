import { join } from 'node:path'
import { z } from 'zod'

const port = z.coerce.number().int().min(0).max(65_535)
const count = z.coerce.number().int().positive()
const optional = z.string().min(1).optional()

const settings = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port.default(3000),
  DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^(pglite:|postgres(ql)?:\/\/)/, 'must start with pglite: or postgres://')
    .optional(),
  DATABASE_RO_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
    .optional(),
  DATABASE_MIGRATE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
    .optional(),
  DATABASE_CA_FILE: optional,
  VAULT_URL: z
    .string()
    .regex(/^libsodium:file=./, 'must be libsodium:file=<path>')
    .optional(),
  JOURNAL_DIR: optional,
  JOURNAL_MAX_MB: count.default(1024),
  AUDIT_DURABILITY: z.enum(['strict', 'batched']).default('strict'),
  AUDIT_ON_FULL: z.enum(['refuse', 'drop']).default('refuse'),
  UPSTREAM_ALLOW: z.string().default(''),
  TRUSTED_PROXIES: z.string().default(''),
  MAX_BODY_MB: count.max(1024).default(32),
  REQUEST_TIMEOUT_MS: count.default(120_000),
  SHUTDOWN_GRACE_MS: z.coerce.number().int().min(0).default(30_000),
  LOG_LEVEL: z.enum(['error', 'warn', 'info', 'debug']).default('info'),
  VMX_CONFIG: optional,
  USAGE_URL: z.literal('database:', 'only database: is there in this version').optional(),
})

/** Settings of later versions: set today they would do nothing, and nobody would notice. */
const NOT_YET = ['REDIS_URL', 'DATABASE_LISTEN_URL', 'CAPACITY_ON_FAILURE', 'ROLES', 'OTEL_EXPORTER_OTLP_ENDPOINT']

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
  if (!parsed.success)
    problems.unshift(...parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`))
  else if (
    !parsed.data.DATABASE_URL?.startsWith('postgres') &&
    (parsed.data.DATABASE_RO_URL || parsed.data.DATABASE_MIGRATE_URL)
  ) {
    problems.push('DATABASE_RO_URL, DATABASE_MIGRATE_URL: need a DATABASE_URL of PostgreSQL')
  }
  if (problems.length > 0 || !parsed.success)
    throw new ConfigError(`The settings are not right:\n${problems.map((line) => `  ${line}`).join('\n')}`)
  return resolve(parsed.data)
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
    databaseCaFile: data.DATABASE_CA_FILE,
    vaultUrl: data.VAULT_URL ?? `libsodium:file=${join(dataDir, 'key')}`,
    journalDir: data.JOURNAL_DIR ?? join(dataDir, 'journal'),
    journalMaxBytes: data.JOURNAL_MAX_MB * 1024 * 1024,
    auditDurability: data.AUDIT_DURABILITY,
    auditOnFull: data.AUDIT_ON_FULL,
    upstreamAllow: data.UPSTREAM_ALLOW,
    trustedProxies: data.TRUSTED_PROXIES.split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
    maxBodyBytes: data.MAX_BODY_MB * 1024 * 1024,
    requestTimeoutMs: data.REQUEST_TIMEOUT_MS,
    shutdownGraceMs: data.SHUTDOWN_GRACE_MS,
    logLevel: data.LOG_LEVEL,
    configFile: data.VMX_CONFIG,
  }
}
