import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog, systemClock } from '@vm-x/gateway'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../db/migrate.ts'
import { type OpenedDatabase, openDatabase } from '../db/open.ts'
import { createPostgresDatabase, testDatabases } from '../db/test-databases.ts'
import { openStorage, type Storage } from '../open.ts'
import { limited, type Server, startServer, until } from './redis/replicas.fixture.ts'
import { openSeenReplicas } from './seen-replicas.ts'

describe.each(testDatabases)('on $kind', ({ open }) => {
  let database: OpenedDatabase
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database?.close())

  const remembered = async () => (await openSeenReplicas(database.db, silentLog)).last

  test('one that was never seen with others is alone; then it is what was seen last', async () => {
    const seen = await openSeenReplicas(database.db, silentLog)
    expect(seen.last).toBe(1)
    seen.changed(4)
    await until(async () => (await remembered()) === 4)
    for (const replicas of [5, 6, 2]) seen.changed(replicas)
    await until(async () => (await remembered()) === 2)
    await seen.close()
  })

  test('what could not be written is said once and tried again until it is', async () => {
    const said: string[] = []
    const log = { ...silentLog, warn: (_fields: object, message: string) => void said.push(message) }
    let tries = 0
    const counted = database.db.withPlugin({
      transformQuery: ({ node }) => {
        if (node.kind === 'InsertQueryNode') tries++
        return node
      },
      transformResult: async ({ result }) => result,
    })
    const seen = await openSeenReplicas(counted, log, 1)
    await sql`alter table seen_replicas rename to hidden`.execute(database.db)
    seen.changed(7)
    await until(() => tries > 2)
    await sql`alter table hidden rename to seen_replicas`.execute(database.db)
    await until(async () => (await remembered()) === 7)
    await seen.close()
    expect(said).toHaveLength(1)
  })

  test('closing waits for no further try', async () => {
    const said: string[] = []
    const log = { ...silentLog, warn: (_fields: object, message: string) => void said.push(message) }
    const seen = await openSeenReplicas(database.db, log)
    await sql`alter table seen_replicas rename to hidden`.execute(database.db)
    seen.changed(8)
    await until(() => said.length === 1)
    await seen.close()
    await sql`alter table hidden rename to seen_replicas`.execute(database.db)
    expect(await remembered()).not.toBe(8)
  })
})

describe('of several that share a database and Redis', () => {
  let database: Awaited<ReturnType<typeof createPostgresDatabase>>
  let server: Server
  let directory: string
  const opened: Storage[] = []
  beforeAll(async () => {
    server = await startServer()
    database = await createPostgresDatabase()
    directory = mkdtempSync(join(tmpdir(), 'vmx-'))
    const migrating = await openDatabase({ url: database.url, log: silentLog })
    await migrate(migrating.db)
    await migrating.close()
  })
  afterEach(async () => {
    for (const storage of opened.splice(0)) await storage.close()
  })
  afterAll(async () => {
    await server?.stop()
    await database?.drop()
    rmSync(directory, { recursive: true, force: true })
  })

  async function replica(): Promise<NonNullable<Storage['capacity']>> {
    const journalDir = join(directory, randomUUID())
    mkdirSync(journalDir)
    const storage = await openStorage({
      databaseUrl: database.url,
      redisUrl: server.url,
      redisTimeoutMs: 500,
      capacityOnFailure: 'local',
      vaultUrl: `libsodium:file=${join(directory, 'key')}`,
      journalDir,
      journalMaxBytes: 1e6,
      log: silentLog,
      clock: systemClock,
    })
    opened.push(storage)
    if (!storage.capacity) throw new Error('It counts in no Redis')
    return storage.capacity
  }

  test('one that starts while Redis is away takes its share of a limit, not all of it', async () => {
    const before = [await replica(), await replica(), await replica()]
    await until(() => before.every((store) => store.state().replicas === 3))
    await until(async () => (await database.query('select replicas from seen_replicas')).rows[0]?.replicas === 3)
    await server.kill()
    const late = await replica()
    const item = limited({ key: `{${randomUUID()}} minute`, maxRequests: 90 })
    const answers = await Promise.all(Array.from({ length: 100 }, () => late.reserve([[item]])))
    expect(answers.filter(({ granted }) => granted)).toHaveLength(30)
    await server.start()
  })
})
