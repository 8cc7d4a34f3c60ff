import { silentLog } from '@vm-x/gateway'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { OpenedDatabase } from '../db/open.ts'
import { testDatabases } from '../db/test-databases.ts'
import { openRedis, type RedisConnection } from '../redis/open-redis.ts'
import { testRedis } from '../redis/test-redis.ts'
import { changeAnnouncements } from './change-announcements.ts'
import { openChangeFeed } from './change-feed.ts'
import { recordChange } from './record-change.ts'

const [embedded] = testDatabases

describe.each(testRedis)('on $kind', ({ url }) => {
  let database: OpenedDatabase
  const closing: (() => unknown)[] = []
  beforeAll(async () => {
    if (!embedded) throw new Error('No database')
    database = await embedded.open()
  })
  afterAll(async () => {
    for (const close of closing.reverse()) await close()
    await database?.close()
  })

  /** A replica that does not poll. */
  async function replica() {
    const redis: RedisConnection = openRedis({ url: url(), commandTimeoutMs: 1000, log: silentLog })
    closing.push(redis.close)
    const announcements = changeAnnouncements(redis)
    const seen: string[] = []
    const feed = await openChangeFeed({
      db: database.db,
      onAnnounced: announcements.onAnnounced,
      pause: (_ms, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
      log: silentLog,
      onChange: async (environmentIds) => {
        seen.push(...environmentIds)
      },
    })
    closing.push(feed.close)
    return { announcements, seen }
  }

  test('a change that one replica announces is seen by all without their asking for it', async () => {
    const [one, ...others] = [await replica(), await replica(), await replica()]
    const environmentId = uuidv7()
    await database.db.transaction().execute((trx) => recordChange(trx, [environmentId]))
    await vi.waitFor(
      () => {
        // Until all have subscribed.
        one?.announcements.announce()
        for (const { seen } of others) expect(seen).toEqual([environmentId])
      },
      { timeout: 10_000, interval: 20 },
    )
  })
})

test('announcing never fails, also while Redis is away', async () => {
  const redis = openRedis({ url: 'redis://127.0.0.1:1', commandTimeoutMs: 50, log: silentLog })
  const { announce } = changeAnnouncements(redis)
  expect(announce()).toBeUndefined()
  // An unhandled rejection would fail the run.
  await expect(redis.publish('vmx:test', '')).rejects.toThrow()
  redis.close()
})
