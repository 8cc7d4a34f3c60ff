import { createHash, randomUUID } from 'node:crypto'
import { type ApiKeyEntry, type Catalog, type EnvironmentEntry, silentLog } from '@vm-x/gateway'
import { type CatalogContent, catalogContract } from '@vm-x/gateway/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { recordChange } from '../changes/record-change.ts'
import type { OpenedDatabase } from '../db/open.ts'
import { testDatabases } from '../db/test-databases.ts'
import { openRedis, type RedisConnection } from '../redis/open-redis.ts'
import { testRedis } from '../redis/test-redis.ts'
import { CachedCatalog } from './cached-catalog.ts'
import { openSignedCache } from './signed-cache.ts'

const SECRET: string = randomUUID()

/** Counts what it is asked for. */
class CatalogOf implements Catalog {
  readonly environments = new Map<string, EnvironmentEntry>()
  readonly apiKeyEntries = new Map<string, ApiKeyEntry>()
  reads = 0
  failing = false
  /** Awaited before each read. */
  pause: Promise<void> = Promise.resolve()

  async apiKey(hash: string) {
    return this.apiKeyEntries.get(hash)
  }
  async apiKeys(hashes: readonly string[]) {
    return new Map(hashes.flatMap((hash) => this.apiKeyEntries.get(hash) ?? []).map((entry) => [entry.id, entry]))
  }
  async environment(id: string) {
    this.reads++
    await this.pause
    if (this.failing) throw new Error('The database is away')
    return this.environments.get(id)
  }
}

async function connect(url: string): Promise<RedisConnection> {
  const redis = openRedis({ url, commandTimeoutMs: 1000, log: silentLog })
  await vi.waitFor(() => expect(redis.state().connected).toBe(true), { timeout: 10_000, interval: 10 })
  return redis
}

const change = ({ db }: OpenedDatabase, ...ids: string[]) => db.transaction().execute((trx) => recordChange(trx, ids))

const servers = testRedis.filter(({ kind }) => kind !== 'valkey')

// Each kind once, both of databases and of servers.
const pairs = testDatabases.map(({ kind, open }, index) => ({ kind, open, server: servers[index] }))

describe.each(pairs)('with $kind and $server.kind, served from what another replica has read', ({ open, server }) => {
  catalogContract(async (content) => {
    expect(shapeOf(content.environments), WHAT_TO_DO).toBe('cd59ee45')
    const [database, redis] = [await open(), await connect(server?.url() ?? '')]
    const inner = catalogOf(content)
    const replica = () => new CachedCatalog({ catalog: inner, db: database.db, cache: openSignedCache(redis, SECRET) })
    const ids = [...inner.environments.keys()]
    await change(database, ...ids)
    for (const id of ids) await replica().environment(id)
    const { environments, reads } = inner
    environments.clear()
    return {
      catalog: replica(),
      close: async () => {
        expect(inner.reads - reads).toBe(1)
        redis.close()
        await database.close()
      },
    }
  })
})

const WHAT_TO_DO = 'What is kept has another shape now: raise SHAPE in cached-catalog.ts, and put this one here'

function shapeOf(value: unknown): string {
  const paths = new Set<string>()
  const add = (part: unknown, path: string) => {
    paths.add(path)
    if (Array.isArray(part)) for (const item of part) add(item, `${path}[]`)
    else if (part !== null && typeof part === 'object')
      for (const [name, child] of Object.entries(part)) add(child, `${path}.${name}`)
  }
  add(value, '')
  return createHash('sha256')
    .update([...paths].toSorted().join('\n'))
    .digest('hex')
    .slice(0, 8)
}

function catalogOf({ environments, apiKeys }: CatalogContent): CatalogOf {
  const inner = new CatalogOf()
  for (const entry of environments) inner.environments.set(entry.id, entry)
  const entries = new Map<string, ApiKeyEntry>()
  for (const { hash, entry, previous } of apiKeys) {
    entries.set(hash, entry)
    if (previous) entries.set(previous.hash, { ...entry, secretEndsAt: previous.until })
  }
  inner.apiKey = async (hash) => entries.get(hash)
  inner.apiKeys = async (hashes) =>
    new Map(
      hashes.flatMap((hash) => {
        const entry = entries.get(hash)
        return entry ? [[hash, entry] as const] : []
      }),
    )
  return inner
}

describe('replicas', () => {
  let database: OpenedDatabase
  let redis: RedisConnection
  beforeAll(async () => {
    const [embedded] = testDatabases
    database = await embedded.open()
    redis = await connect(servers[0]?.url() ?? '')
  })
  afterAll(async () => {
    redis?.close()
    await database?.close()
  })

  const entry = (id: string, timeZone: string): EnvironmentEntry => ({
    id,
    workspaceId: uuidv7(),
    timeZone,
    workspaceLimits: { capacity: [], maxConcurrent: null },
    limits: { capacity: [], maxConcurrent: null },
    connections: [],
    resources: [],
  })

  async function environment(options: { redis?: RedisConnection; secret?: string; padding?: number } = {}) {
    const id = uuidv7()
    const inner = new CatalogOf()
    inner.environments.set(id, { ...entry(id, 'UTC'), workspaceId: 'x'.repeat(options.padding ?? 1) })
    await change(database, id)
    const replica = (secret = SECRET) =>
      new CachedCatalog({
        catalog: inner,
        db: database.db,
        cache: openSignedCache(options.redis ?? redis, secret),
      })
    const edit = async (timeZone: string) => {
      inner.environments.set(id, entry(id, timeZone))
      await change(database, id)
    }
    return { id, inner, replica, edit }
  }

  test('that ask at the same time read the database once', async () => {
    const { id, inner, replica } = await environment()
    const read = Promise.withResolvers<void>()
    inner.pause = read.promise
    const answers = Array.from({ length: 20 }, () => replica().environment(id))
    await vi.waitFor(() => expect(inner.reads).toBe(1))
    read.resolve()
    expect((await Promise.all(answers)).map((found) => found?.id)).toEqual(Array.from({ length: 20 }, () => id))
    expect(inner.reads).toBe(1)
  })

  test('that ask after a change never get what was before it', async () => {
    const { id, replica, edit } = await environment()
    for (const timeZone of ['Europe/Paris', 'Asia/Tokyo', 'America/Lima']) {
      await replica().environment(id)
      await edit(timeZone)
      expect((await replica().environment(id))?.timeZone).toBe(timeZone)
      expect((await replica().environment(id))?.timeZone).toBe(timeZone)
    }
  })

  test('do not serve what was read before a change and is kept only after it', async () => {
    const { id, inner, replica, edit } = await environment()
    const read = Promise.withResolvers<void>()
    inner.pause = read.promise
    const before = inner.environments.get(id)
    inner.environment = async () => {
      inner.reads++
      await read.promise
      return before
    }
    const slow = replica().environment(id)
    await vi.waitFor(() => expect(inner.reads).toBe(1))
    await edit('Asia/Tokyo')
    read.resolve()
    expect((await slow)?.timeZone).toBe('UTC')
    inner.environment = CatalogOf.prototype.environment
    expect((await replica().environment(id))?.timeZone).toBe('Asia/Tokyo')
  })

  test('read for themselves when the one that reads does not come to an end', async () => {
    const { id, inner, replica } = await environment()
    const never = Promise.withResolvers<void>()
    inner.pause = never.promise
    const stuck = replica().environment(id)
    await vi.waitFor(() => expect(inner.reads).toBe(1))
    inner.pause = Promise.resolve()
    expect((await replica().environment(id))?.id).toBe(id)
    never.resolve()
    await stuck
  })

  test('are told that the database is away, and read once it is back', async () => {
    const { id, inner, replica } = await environment()
    inner.failing = true
    await expect(replica().environment(id)).rejects.toThrow('away')
    inner.failing = false
    expect((await replica().environment(id))?.id).toBe(id)
  })

  test('keep nothing that is too large', async () => {
    const { id, inner, replica } = await environment({ padding: 1024 * 1024 })
    await replica().environment(id)
    await replica().environment(id)
    expect(inner.reads).toBe(2)
  })

  test('keep it for ten minutes', async () => {
    const { id, replica } = await environment()
    await replica().environment(id)
    const [key = ''] = await redis.client.keys(`vmx:environment:*:${id}`)
    expect(await redis.client.pttl(key)).toBeGreaterThan(9 * 60_000)
    expect(await redis.client.pttl(key)).toBeLessThanOrEqual(10 * 60_000)
  })

  test('take nothing that this installation has not signed for that environment', async () => {
    const { id, inner, replica } = await environment()
    const other = await environment()
    await replica().environment(id)
    await other.replica().environment(other.id)
    const [key = ''] = await redis.client.keys(`vmx:environment:*:${id}`)
    const [otherKey = ''] = await redis.client.keys(`vmx:environment:*:${other.id}`)
    const kept = (await redis.client.get(key)) ?? ''
    const forgeries = [
      kept.replace('"UTC"', '"Asia/Tokyo"'),
      kept.slice(43),
      (await redis.client.get(otherKey)) ?? '',
      'nonsense',
      '',
      '{',
    ]
    for (const forged of forgeries) {
      await redis.client.set(key, forged)
      expect(await replica().environment(id)).toEqual(inner.environments.get(id))
    }
    await redis.client.del(key)
    await redis.client.lpush(key, 'another type')
    expect(await replica().environment(id)).toEqual(inner.environments.get(id))
    expect(inner.reads).toBe(1 + forgeries.length + 1)
    await redis.client.del(key)
    await replica('of another installation').environment(id)
    await replica().environment(id)
    expect(inner.reads).toBe(1 + forgeries.length + 3)
  })

  test('read the database while Redis is away', async () => {
    const away = openRedis({ url: 'redis://127.0.0.1:1', commandTimeoutMs: 1000, log: silentLog })
    const { id, inner, replica } = await environment({ redis: away })
    expect((await replica().environment(id))?.id).toBe(id)
    expect((await replica().environment(id))?.id).toBe(id)
    expect(inner.reads).toBe(2)
    away.close()
  })
})
