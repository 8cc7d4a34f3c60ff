import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { BatchRejected, silentLog } from '@vm-x/gateway'
import { bytesOf, exchangeRecord } from '@vm-x/gateway/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { SqlAuditStore } from '../audit/sql-audit-store.ts'
import { migrate } from './migrate.ts'
import { openDatabase } from './open.ts'
import { connectionOf, roleOf } from './postgres.ts'

type KillableServer = { url: string; kill(): Promise<void>; start(): Promise<void>; stop(): Promise<void> }

test('a server that is killed fails what is under way, never the process, and is found again when it is back', async () => {
  const services: { startPostgres(options: { own: true }): Promise<KillableServer> } = await import(
    new URL('../../../../scripts/services.mjs', import.meta.url).href
  )
  const server = await services.startPostgres({ own: true })
  const database = await openDatabase({ url: server.url, readerUrl: server.url, log: silentLog })
  await migrate(database.db)
  const audit = new SqlAuditStore(database)
  const record = exchangeRecord()
  await audit.append([bytesOf(record)])

  // An idle connection, one idle inside a transaction, and one with a statement running.
  expect(await audit.get('operator', record.id)).toEqual(record)
  const begun = Promise.withResolvers<void>()
  const killed = Promise.withResolvers<void>()
  const idleInTransaction = database.db.transaction().execute(async (trx) => {
    await sql`select 1`.execute(trx)
    begun.resolve()
    await killed.promise
    await sql`select 1`.execute(trx)
  })
  const running = sql`select pg_sleep(60)`.execute(database.db)
  await begun.promise
  const underWay = Promise.allSettled([idleInTransaction, running])
  await server.kill()
  killed.resolve()
  expect((await underWay).map(({ status }) => status)).toEqual(['rejected', 'rejected'])

  const refused = await audit.append([bytesOf(exchangeRecord())]).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(Error)
  expect(refused).not.toBeInstanceOf(BatchRejected)
  await expect(audit.get('operator', record.id)).rejects.toThrow()

  await server.start()
  expect(await audit.get('operator', record.id)).toEqual(record)
  await audit.append([bytesOf(exchangeRecord())])
  await database.close()
  await server.stop()
})

test('a statement that takes too long is ended by the server', async () => {
  const postgres = inject('postgres')
  if ('missing' in postgres) throw new Error(postgres.missing)
  const { db, close } = await openDatabase({ url: postgres.adminUrl, statementTimeoutMs: 50, log: silentLog })
  await expect(sql`select pg_sleep(60)`.execute(db)).rejects.toMatchObject({ code: '57014' })
  await close()
})

test('reads have few connections of their own, which take none of the others, and less time', async () => {
  const postgres = inject('postgres')
  if ('missing' in postgres) throw new Error(postgres.missing)
  const { db, reader, close } = await openDatabase({ url: postgres.adminUrl, log: silentLog })
  const ending = Promise.withResolvers<void>()
  let reading = 0
  const reads = Array.from({ length: 20 }, () =>
    reader.transaction().execute(async (trx) => {
      await sql`select 1`.execute(trx)
      reading += 1
      await ending.promise
    }),
  )
  await expect.poll(() => reading).toBe(4)
  expect((await sql<{ one: number }>`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }])
  ending.resolve()
  await Promise.all(reads)
  const timeouts = [db, reader].map((of) => sql<{ statement_timeout: string }>`show statement_timeout`.execute(of))
  expect((await Promise.all(timeouts)).map(({ rows }) => rows[0]?.statement_timeout)).toEqual(['15s', '10s'])
  await close()
})

test('a heavy read that the server ends because of its time is refused as too long', async () => {
  const postgres = inject('postgres')
  if ('missing' in postgres) throw new Error(postgres.missing)
  const options = { url: postgres.adminUrl, statementTimeoutMs: 50, log: silentLog }
  const { reader, heavyReads, close } = await openDatabase(options)
  const read = heavyReads.run(() => sql`select pg_sleep(60)`.execute(reader))
  await expect(read).rejects.toMatchObject({ name: 'ReadRefused', reason: 'too_long' })
  await close()
})

test('closing lets what is under way end', async () => {
  const postgres = inject('postgres')
  if ('missing' in postgres) throw new Error(postgres.missing)
  const { db, close } = await openDatabase({ url: postgres.adminUrl, log: silentLog })
  const begun = Promise.withResolvers<void>()
  const closing = Promise.withResolvers<void>()
  const working = db.transaction().execute(async (trx) => {
    begun.resolve()
    await closing.promise
    return await sql<{ one: number }>`select 1 as one`.execute(trx)
  })
  await begun.promise
  const closed = close()
  closing.resolve()
  expect((await working).rows).toEqual([{ one: 1 }])
  await closed
})

describe('TLS', () => {
  const fixture = (name: string) => fileURLToPath(new URL(`./__fixtures__/${name}`, import.meta.url))
  const caFile = fixture('localhost-cert.pem')
  let server: Server
  let port: number
  let signIns = 0

  /** Speaks PostgreSQL up to where the client would send its user and password. */
  beforeAll(async () => {
    const certificate = { key: readFileSync(fixture('localhost-key.pem')), cert: readFileSync(caFile) }
    server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => {
        socket.write('S')
        const secure = new TLSSocket(socket, { isServer: true, ...certificate })
        secure.on('error', () => {})
        secure.once('data', () => {
          signIns++
          secure.destroy()
        })
      })
    })
    await new Promise<void>((resolve) => server.listen(0, resolve))
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => void server?.close())

  const connect = async (host: string, mode: string, ca?: string) => {
    const { db, close } = await openDatabase({
      url: `postgres://user:secret@${host}:${port}/db?sslmode=${mode}`,
      log: silentLog,
      ...(ca !== undefined && { caFile: ca }),
    })
    const error: unknown = await sql`select 1`.execute(db).catch((error: unknown) => error)
    await close()
    return error
  }

  test.each(['require', 'verify-full'])(
    '%s sends nothing to a server whose certificate nobody vouches for',
    async (mode) => {
      signIns = 0
      expect(await connect('localhost', mode)).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
      expect(signIns).toBe(0)
    },
  )

  test.each(['require', 'verify-full'])(
    "%s sends nothing to a server that shows another host's certificate",
    async (mode) => {
      signIns = 0
      expect(await connect('127.0.0.1', mode, caFile)).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
      expect(signIns).toBe(0)
    },
  )

  test('a certificate that the given authority vouches for is accepted', async () => {
    signIns = 0
    await connect('localhost', 'verify-full', caFile)
    expect(signIns).toBe(1)
  })

  test('no connection in the clear where TLS was asked for', async () => {
    const postgres = inject('postgres')
    if ('missing' in postgres) throw new Error(postgres.missing)
    const { db, close } = await openDatabase({ url: `${postgres.adminUrl}?sslmode=require`, log: silentLog })
    await expect(sql`select 1`.execute(db)).rejects.toThrow('does not support SSL')
    await close()
  })

  test.each([
    'sslmode=prefer',
    'sslmode=no-verify',
    'sslmode=verify-ca',
    'ssl=true',
    'sslmode=require&uselibpqcompat=true',
  ])('%s is refused: it is weaker than it looks', (parameters) => {
    expect(() => connectionOf(`postgres://u:secret@h/db?${parameters}`)).toThrow('The PostgreSQL URL has ')
  })

  test('an authority without TLS is an error', () => {
    expect(() => connectionOf('postgres://u:secret@h/db', caFile)).toThrow('lacks sslmode=verify-full')
  })
})

test.each(['postgres://u:secret@:x/db', 'postgres://u:secret@h:99999/db'])(
  'an invalid URL is refused without being shown: %s',
  (url) => {
    const attempt = () => connectionOf(url)
    expect(attempt).toThrow('The PostgreSQL URL is not valid')
    expect(attempt).not.toThrow('secret')
  },
)

test('the role is the user of the URL, decoded', () => {
  expect(roleOf('postgres://my%20role:secret@h/db')).toBe('my role')
})
