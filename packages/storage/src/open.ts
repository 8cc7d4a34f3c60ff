import type {
  AuditStore,
  CapacityHistory,
  Catalog,
  Clock,
  Journal,
  Log,
  RecordSink,
  SharedKnowledge,
  UsageStore,
  Vault,
} from '@vm-x/gateway'
import { SqlAuditStore } from './audit/sql-audit-store.ts'
import { CachedCatalog } from './cache/cached-catalog.ts'
import { openSignedCache, type SignedCache } from './cache/signed-cache.ts'
import { RedisCapacityStore } from './capacity/redis/redis-capacity-store.ts'
import { openSeenReplicas } from './capacity/seen-replicas.ts'
import { SqlCatalog } from './catalog/sql-catalog.ts'
import { type ChangeAnnouncements, changeAnnouncements } from './changes/change-announcements.ts'
import { type AuditGuard, auditGuard } from './db/audit-guard.ts'
import { migrate, pendingMigrations } from './db/migrate.ts'
import { type OpenedDatabase, openDatabase } from './db/open.ts'
import { assertReachable } from './db/reachable.ts'
import { sqlRecordSink } from './db/record-sink.ts'
import { openFileJournal } from './journal/file-journal.ts'
import { RedisSharedKnowledge } from './knowledge/redis-shared-knowledge.ts'
import { openRedis, type RedisConnection } from './redis/open-redis.ts'
import { SqlCapacityHistory } from './usage/sql-capacity-history.ts'
import { SqlUsageStore } from './usage/sql-usage-store.ts'
import { installationSecret } from './vault/installation-secret.ts'
import { openVault } from './vault/open-vault.ts'

export type StorageOptions = {
  readonly databaseUrl: string
  readonly databaseReaderUrl?: string | undefined
  readonly databaseCaFile?: string | undefined
  /** Without it every process counts and caches for itself. */
  readonly redisUrl?: string | undefined
  readonly redisCaFile?: string | undefined
  readonly redisTimeoutMs: number
  /** What is decided while Redis is away: by a share of each limit, no to all, or yes to all. */
  readonly capacityOnFailure: 'local' | 'deny' | 'allow'
  readonly vaultUrl: string
  readonly journalDir: string
  readonly journalMaxBytes: number
  readonly log: Log
  readonly clock: Clock
}

/** Every port that needs a file or a server, open. */
export type Storage = {
  readonly database: OpenedDatabase
  readonly vault: Vault
  readonly catalog: Catalog
  readonly audit: AuditStore
  readonly usage: UsageStore
  readonly history: CapacityHistory
  readonly journal: Journal
  /** Where the journal's records go, by the name that the journal knows the reader by. */
  readonly sinks: ReadonlyMap<string, RecordSink>
  readonly guard: AuditGuard
  readonly redis: RedisConnection | undefined
  /** Shared by all replicas; undefined without Redis. */
  readonly capacity: RedisCapacityStore | undefined
  /** What replicas tell each other beside what they count; undefined without Redis. */
  readonly knowledge: SharedKnowledge | undefined
  readonly announcements: ChangeAnnouncements | undefined
  readonly cache: SignedCache | undefined
  /** Closes what counts, the journal, then the database. */
  close(): Promise<void>
}

/** The database lacks migrations that this version needs. */
export class NotMigrated extends Error {
  override readonly name = 'NotMigrated'
}

/**
 * Opens what the settings name. Embedded databases are migrated here, servers only by the command. Throws what to do in
 * one sentence, {@link DatabaseUnreachable} when a database server does not answer; Redis may be away.
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { databaseUrl, databaseReaderUrl, databaseCaFile, log, clock } = options
  const database = await openDatabase({
    url: databaseUrl,
    log,
    ...(databaseReaderUrl === undefined ? {} : { readerUrl: databaseReaderUrl }),
    ...(databaseCaFile === undefined ? {} : { caFile: databaseCaFile }),
  })
  let redis: RedisConnection | undefined
  try {
    const { db } = database
    await assertReachable(database)
    if (database.kind === 'pglite') await migrate(db)
    else if ((await pendingMigrations(db)).length > 0)
      throw new NotMigrated('The database is not up to date: run `npx vmx migrate` first')
    const guard = await auditGuard(db)
    const vault = await openVault(options.vaultUrl)
    const sinks = new Map([['database', sqlRecordSink(database)]])
    const journal = openFileJournal({
      dir: options.journalDir,
      maxBytes: options.journalMaxBytes,
      sinks: [...sinks.keys()],
      clock,
    })
    redis = redisOf(options)
    const cache = redis && openSignedCache(redis, await installationSecret(db, vault, 'cache'))
    const catalog = new SqlCatalog(db)
    const seenReplicas = redis && (await openSeenReplicas(db, log))
    const capacity =
      redis &&
      new RedisCapacityStore({
        redis,
        onFailure: options.capacityOnFailure,
        timeoutMs: options.redisTimeoutMs,
        ...(seenReplicas && { attendance: seenReplicas }),
        clock,
        log,
      })
    return {
      database,
      vault,
      guard,
      journal,
      sinks,
      redis,
      capacity,
      knowledge: redis && new RedisSharedKnowledge(redis),
      announcements: redis && changeAnnouncements(redis),
      cache,
      catalog: cache ? new CachedCatalog({ catalog, db, cache }) : catalog,
      audit: new SqlAuditStore(database),
      usage: new SqlUsageStore(database),
      history: new SqlCapacityHistory(db),
      close: async () => {
        await capacity?.close()
        await seenReplicas?.close()
        redis?.close()
        await journal.close()
        await database.close()
      },
    }
  } catch (error) {
    redis?.close()
    await database.close().catch(() => {})
    throw error
  }
}

const redisOf = ({ redisUrl, redisCaFile, redisTimeoutMs, log }: StorageOptions): RedisConnection | undefined =>
  redisUrl === undefined
    ? undefined
    : openRedis({ url: redisUrl, caFile: redisCaFile, commandTimeoutMs: redisTimeoutMs, log })
