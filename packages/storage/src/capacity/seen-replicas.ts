import { setTimeout } from 'node:timers/promises'
import type { Log } from '@vm-x/gateway'
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import type { ReplicaMemory } from './redis/redis-capacity-store.ts'

/** How many replicas there are, remembered in the database for whoever starts while Redis is away. */
export type SeenReplicas = ReplicaMemory & {
  /** Writes nothing any more once it resolves. Never rejects. */
  close(): Promise<void>
}

/**
 * Throws when the database can't be read. What can't be written is logged once.
 * @param retryMs after which it is tried again
 */
export async function openSeenReplicas(
  db: Kysely<Database>,
  log: Log,
  retryMs: number = RETRY_MS,
): Promise<SeenReplicas> {
  const row = await db.selectFrom('seen_replicas').select('replicas').executeTakeFirst()
  const closed = new AbortController()
  let unwritten: number | undefined
  let writing: Promise<void> | undefined
  let failed = false
  const writeAll = async () => {
    while (unwritten !== undefined && !closed.signal.aborted) {
      const replicas = unwritten
      try {
        await write(db, replicas)
        if (unwritten === replicas) unwritten = undefined
      } catch (error) {
        if (!failed) log.warn({ err: error }, 'How many replicas there are can not be remembered: it is tried again')
        failed = true
        await setTimeout(retryMs, undefined, { ref: false, signal: closed.signal }).catch(() => {})
      }
    }
  }
  return {
    last: row?.replicas ?? 1,
    changed: (replicas) => {
      unwritten = replicas
      writing ??= writeAll().finally(() => {
        writing = undefined
      })
    },
    close: async () => {
      closed.abort()
      await writing
    },
  }
}

const RETRY_MS = 5_000

const write = (db: Kysely<Database>, replicas: number) =>
  db
    .insertInto('seen_replicas')
    .values({ replicas })
    .onConflict((conflict) => conflict.column('singleton').doUpdateSet({ replicas }))
    .execute()
