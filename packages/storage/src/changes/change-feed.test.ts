import { silentLog } from '@vm-x/gateway'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { migrate } from '../db/migrate.ts'
import { type OpenedDatabase, openDatabase } from '../db/open.ts'
import { createPostgresDatabase, testDatabases } from '../db/test-databases.ts'
import { type ChangeFeed, type ChangeFeedOptions, openChangeFeed } from './change-feed.ts'
import { CHANGE_CHANNEL, recordChange } from './record-change.ts'

type Seen = readonly string[] | 'all'

/** A busy machine takes its time. */
const eventually = (holds: () => unknown) => vi.waitFor(holds, { timeout: 10_000 })

const opened: ChangeFeed[] = []
afterEach(async () => {
  for (const feed of opened.splice(0)) await feed.close()
})

/** A replica that keeps what it is told; it polls only when it is told to, unless it is given a pause of its own. */
async function replica({ db }: Pick<OpenedDatabase, 'db'>, options: Partial<ChangeFeedOptions> = {}) {
  const seen: Seen[] = []
  const logged: string[] = []
  const note = (_fields: object, message: string) => void logged.push(message)
  const feed = await openChangeFeed({
    db,
    pause: (_ms, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    log: { info: note, warn: note, error: note },
    ...options,
    onChange: async (environmentIds) => {
      await options.onChange?.(environmentIds)
      seen.push(environmentIds === 'all' ? 'all' : [...environmentIds].toSorted())
    },
  })
  opened.push(feed)
  return { feed, seen, logged }
}

const change = ({ db }: Pick<OpenedDatabase, 'db'>, ...environmentIds: string[]) =>
  db.transaction().execute((trx) => recordChange(trx, environmentIds))

/** In the order in which they compare. */
const ids = (count: number) => Array.from({ length: count }, () => uuidv7()).toSorted()

/** A pause that ends when it is told to, and says how long it was to be. */
function drivenPause() {
  const pauses: { ms: number; end: () => void }[] = []
  const pause = (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      pauses.push({ ms, end: resolve })
      signal.addEventListener('abort', () => resolve())
    })
  const next = async () => {
    await eventually(() => expect(pauses.length).toBeGreaterThan(0))
    pauses.shift()?.end()
  }
  return { pause, pauses, next }
}

describe.each(testDatabases)('on $kind', ({ open }) => {
  let database: OpenedDatabase
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database?.close())

  test('a change is told to every replica, with the environments that it names', async () => {
    const [a = '', b = ''] = ids(2)
    const replicas = [await replica(database), await replica(database)]
    await change(database, a, b, a)
    for (const { feed, seen } of replicas) {
      await feed.check()
      expect(seen).toEqual([[a, b]])
    }
  })

  test('what changed before a replica was opened is not told to it, and nothing is told twice', async () => {
    const [before = '', after = ''] = ids(2)
    await change(database, before)
    const { feed, seen } = await replica(database)
    await change(database, after)
    await feed.check()
    await feed.check()
    expect(seen).toEqual([[after]])
  })

  test('a change that was rolled back is not told', async () => {
    const [a = ''] = ids(1)
    const { feed, seen } = await replica(database)
    const failing = database.db.transaction().execute(async (trx) => {
      await recordChange(trx, [a])
      throw new Error('refused')
    })
    await expect(failing).rejects.toThrow('refused')
    await feed.check()
    expect(seen).toEqual([])
  })

  test('each change has the next version, one that names no environment too', async () => {
    const [a = ''] = ids(1)
    const first = await change(database, a)
    expect(await change(database)).toBe(first + 1)
    expect(await change(database, a)).toBe(first + 2)
  })

  test('an environment that changes again is told again', async () => {
    const [a = ''] = ids(1)
    const { feed, seen } = await replica(database)
    for (let times = 0; times < 3; times++) {
      await change(database, a)
      await feed.check()
    }
    expect(seen).toEqual([[a], [a], [a]])
  })

  test('what could not be taken on is told again, with what has changed meanwhile, until it could', async () => {
    const [a = '', b = ''] = ids(2)
    let failing = true
    const attempts: Seen[] = []
    const { feed, seen, logged } = await replica(database, {
      onChange: async (environmentIds) => {
        attempts.push(environmentIds === 'all' ? 'all' : [...environmentIds].toSorted())
        if (failing) throw new Error('the catalog is away')
      },
    })
    await change(database, a)
    await feed.check()
    await change(database, b)
    await feed.check()
    failing = false
    await feed.check()
    await feed.check()
    expect(attempts).toEqual([[a], [a, b], [a, b]])
    expect(seen).toEqual([[a, b]])
    expect(logged).toEqual([expect.stringContaining('can not be read'), expect.stringContaining('read again')])
  })

  test('a check is done only when it has seen what was committed before it, also while another is under way', async () => {
    const [a = '', b = ''] = ids(2)
    const entered = Promise.withResolvers<void>()
    const first = Promise.withResolvers<void>()
    let under = 0
    let most = 0
    const { feed, seen } = await replica(database, {
      onChange: async () => {
        most = Math.max(most, ++under)
        entered.resolve()
        await first.promise
        under--
      },
    })
    await change(database, a)
    const early = feed.check()
    await entered.promise
    await change(database, b)
    const late = [feed.check(), feed.check()]
    first.resolve()
    await early
    await Promise.all(late)
    expect(seen.flat()).toEqual([a, b])
    expect(most).toBe(1)
  })

  test('more environments than can be named are told as all', async () => {
    const { feed, seen } = await replica(database)
    const many = ids(1001)
    await change(database, ...many.slice(0, 1000))
    await feed.check()
    expect(seen).toEqual([many.slice(0, 1000)])
    await change(database, ...many)
    await feed.check()
    expect(seen.at(-1)).toBe('all')
  })

  test('a database that has gone back to an earlier state makes everything be read anew, once', async () => {
    const [a = ''] = ids(1)
    const version = await change(database, a)
    const { feed, seen } = await replica(database)
    await database.db.deleteFrom('configuration_change').where('version', '=', version).execute()
    await database.db
      .updateTable('configuration_version')
      .set({ version: version - 1 })
      .execute()
    await feed.check()
    await feed.check()
    expect(seen).toEqual(['all'])
    await change(database, a)
    await feed.check()
    expect(seen).toEqual(['all', [a]])
  })

  test('an outage of the database is logged once, and what changed meanwhile is told after it', async () => {
    const [a = ''] = ids(1)
    let away = false
    const db = new Proxy(database.db, {
      get: (target, name) => {
        if (away) throw new Error('connect ECONNREFUSED')
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const { feed, seen, logged } = await replica({ db })
    away = true
    for (let times = 0; times < 3; times++) await feed.check()
    await change(database, a)
    expect(logged).toEqual([expect.stringContaining('can not be read')])
    away = false
    await feed.check()
    expect(seen).toEqual([[a]])
    expect(logged).toHaveLength(2)
  })

  test('polling alone tells of changes, twice a second', async () => {
    const [a = ''] = ids(1)
    const { pause, pauses, next } = drivenPause()
    const { seen } = await replica(database, { pause })
    await change(database, a)
    await eventually(() => expect(pauses.map(({ ms }) => ms)).toEqual([500]))
    await next()
    await eventually(() => expect(seen).toEqual([[a]]))
    await next()
    await eventually(() => expect(pauses.map(({ ms }) => ms)).toEqual([500]))
  })

  test('nothing is told after it was closed, and closing waits for what is under way', async () => {
    const [a = ''] = ids(1)
    const entered = Promise.withResolvers<void>()
    const leave = Promise.withResolvers<void>()
    const { feed, seen } = await replica(database, {
      onChange: () => {
        entered.resolve()
        return leave.promise
      },
    })
    await change(database, a)
    void feed.check()
    await entered.promise
    const closed = feed.close().then(() => seen.length)
    leave.resolve()
    expect(await closed).toBe(1)
    await change(database, a)
    await feed.check()
    expect(seen).toHaveLength(1)
  })
})

describe('on PostgreSQL with a connection for notifications', () => {
  let server: Awaited<ReturnType<typeof createPostgresDatabase>>
  let database: OpenedDatabase
  beforeAll(async () => {
    server = await createPostgresDatabase()
    database = await openDatabase({ url: server.url, log: silentLog })
    await migrate(database.db)
  })
  afterAll(async () => {
    await database?.close()
    await server?.drop()
  })

  const listening = `select pid from pg_stat_activity
    where datname = current_database() and query = 'listen ${CHANGE_CHANNEL}'`
  const listeners = async () => (await server.query(listening)).rowCount
  /** Replicas whose polls never come. */
  const listener = (options: Partial<ChangeFeedOptions> = {}) =>
    replica(database, { listenUrl: server.url, ...options })

  test('a change is told without a poll', async () => {
    const [a = ''] = ids(1)
    const { seen } = await listener()
    await eventually(async () => expect(await listeners()).toBe(1))
    await change(database, a)
    await eventually(() => expect(seen).toEqual([[a]]))
  })

  test('a connection that is cut is made anew, and tells at once what changed meanwhile', async () => {
    const { pause, pauses, next } = drivenPause()
    const { seen, logged } = await listener({ pause, random: () => 1 })
    await eventually(async () => expect(await listeners()).toBe(1))
    const told: string[] = []
    for (let times = 0; times < 3; times++) {
      const [meanwhile = '', after = ''] = ids(2)
      await server.query(listening.replace('select pid', 'select pg_terminate_backend(pid)'))
      await eventually(() => expect(pauses.map(({ ms }) => ms)).toEqual([500, 100]))
      await change(database, meanwhile)
      expect(seen.flat()).toEqual(told)
      pauses.pop()?.end()
      await eventually(() => expect(seen.flat()).toEqual([...told, meanwhile]))
      await eventually(async () => expect(await listeners()).toBe(1))
      await change(database, after)
      await eventually(() => expect(seen.flat()).toEqual([...told, meanwhile, after]))
      told.push(meanwhile, after)
    }
    expect(logged.filter((message) => message.includes('not notified'))).toHaveLength(3)
    // Polling has gone on by itself all the while.
    const [polled = ''] = ids(1)
    await server.query(listening.replace('select pid', 'select pg_terminate_backend(pid)'))
    await eventually(() => expect(pauses).toHaveLength(2))
    await change(database, polled)
    await next()
    await eventually(() => expect(seen.flat().at(-1)).toBe(polled))
  })

  test('a server for notifications that can not be reached is tried again ever more slowly, and logged once', async () => {
    const { pause, pauses } = drivenPause()
    const url = new URL(server.url)
    url.pathname = '/no_such_database'
    const { feed, seen, logged } = await listener({ listenUrl: url.href, pause, random: () => 1 })
    const waits: number[] = []
    while (waits.length < 8) {
      await eventually(() => expect(pauses).toHaveLength(2))
      const retry = pauses.pop()
      waits.push(retry?.ms ?? 0)
      retry?.end()
    }
    expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000])
    expect(logged).toEqual([expect.stringContaining('not notified')])
    const [a = ''] = ids(1)
    await change(database, a)
    await feed.check()
    expect(seen).toEqual([[a]])
  })

  test('closing it ends the connection', async () => {
    const { feed } = await listener()
    await eventually(async () => expect(await listeners()).toBe(1))
    await feed.close()
    await eventually(async () => expect(await listeners()).toBe(0))
  })

  test('versions become visible in their order: a later one waits for the one before to end', async () => {
    const [a = '', b = ''] = ids(2)
    const { feed, seen } = await replica(database)
    const recorded = Promise.withResolvers<number>()
    const commit = Promise.withResolvers<void>()
    const earlier = database.db.transaction().execute(async (trx) => {
      recorded.resolve(await recordChange(trx, [a]))
      await commit.promise
    })
    const version = await recorded.promise
    const later = change(database, b)
    const waiting = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    await eventually(async () => expect((await server.query(waiting)).rowCount).toBe(1))
    await feed.check()
    expect(seen).toEqual([])
    commit.resolve()
    await earlier
    expect(await later).toBe(version + 1)
    await feed.check()
    expect(seen).toEqual([[a, b]])
  })

  test('of many changes at the same time none is lost', async () => {
    const { seen } = await listener()
    const all = ids(60)
    await Promise.all(all.map((id) => change(database, id)))
    await eventually(() => expect(seen.flat().toSorted()).toEqual(all))
  })
})
