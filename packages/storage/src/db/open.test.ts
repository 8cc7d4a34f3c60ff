import { inspect } from 'node:util'
import { silentLog } from '@vm-x/gateway'
import { bytesOf } from '@vm-x/gateway/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenedDatabase, openDatabase } from './open.ts'
import { testDatabases } from './test-databases.ts'

describe.each(testDatabases)('on $kind', ({ open }) => {
  let database: OpenedDatabase
  beforeAll(async () => {
    database = await open()
    await sql`create table counted (id bigint primary key)`.execute(database.db)
  })
  afterAll(() => database?.close())

  const ids = async () =>
    (await sql<{ id: number }>`select id from counted order by id`.execute(database.db)).rows.map(({ id }) => id)

  test('inside a transaction the outer database fails at once, and the transaction is rolled back', async () => {
    const { db, reader } = database
    for (const misuse of [
      () => sql`select 1`.execute(db),
      () => db.selectFrom('workspace').select('id').execute(),
      () => reader.selectFrom('audit_exchange').select('id').execute(),
      async () => db.transaction().execute(async () => {}),
    ]) {
      const transaction = db.transaction().execute(async (trx) => {
        await sql`insert into counted values (1)`.execute(trx)
        await misuse()
      })
      await expect(transaction).rejects.toThrow('must use the trx it was given')
    }
    expect(await ids()).toEqual([])
  })

  test('work that a transaction left behind may use the database once the transaction has ended', async () => {
    const after = Promise.withResolvers<void>()
    const left = await database.db
      .transaction()
      .execute(async () => ({ work: after.promise.then(() => sql`select 1 as one`.execute(database.db)) }))
    after.resolve()
    expect((await left.work).rows).toEqual([{ one: 1 }])
  })

  test('transactions, queries and bulk inserts that are started together all end', async () => {
    const insert = "insert into counted select (data ->> 'id')::bigint from batch"
    await Promise.all([
      ...[1, 2].map((id) =>
        database.db.transaction().execute((trx) => sql`insert into counted values (${id})`.execute(trx)),
      ),
      database.bulkInsert([{ id: 3 }, { id: 4 }].map(bytesOf), insert),
      sql`insert into counted values (5)`.execute(database.db),
      database.bulkInsert([bytesOf({ id: 6 })], insert),
    ])
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('a bulk insert that fails leaves nothing, and the connection usable', async () => {
    await expect(
      database.bulkInsert([bytesOf({ id: 8 })], 'insert into counted values (8), (8)'),
    ).rejects.toMatchObject({
      code: '23505',
    })
    await database.bulkInsert([bytesOf({ id: 9 })], "insert into counted select (data ->> 'id')::bigint from batch")
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6, 9])
  })

  test('an error tells its SQLSTATE and constraint, and none of its parameters', async () => {
    const failure =
      sql`insert into counted values (${1}), (length(${'sk-secret'}) - length(${'sk-secret'}) + 1)`.execute(database.db)
    const error = await failure.catch((error: unknown) => error)
    expect(error).toMatchObject({ code: '23505', constraint: 'counted_pkey' })
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('sk-secret')
  })

  test('an error holds nothing of the row that was refused, however the row was written', async () => {
    const { db, bulkInsert } = database
    await sql`create table guarded (sealed text constraint guarded_short check (length(sealed) < 8))`.execute(db)
    const statement = `insert into guarded values ('sk-secret')`
    const typed = "insert into guarded select data ->> 'sealed' from batch"
    const errors = await Promise.all(
      [
        sql`insert into guarded values (${'sk-secret'})`.execute(db),
        db.transaction().execute((trx) => sql.raw(statement).execute(trx)),
        bulkInsert([bytesOf({ sealed: 'sk-secret' })], typed),
      ].map((refused) => refused.catch((error: unknown) => error)),
    )
    for (const error of errors) {
      expect(error).toMatchObject({ code: '23514', constraint: 'guarded_short', table: 'guarded' })
      expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('sk-secret')
    }
    const notJson = await bulkInsert([Buffer.from('{"sealed": sk-secret')], typed).catch((error: unknown) => error)
    expect(notJson).toMatchObject({ code: '22P02' })
    expect(inspect(notJson, { showHidden: true })).not.toContain('sk-secret')
  })

  test('a transaction whose failure was swallowed does not pass for committed', async () => {
    const transaction = database.db.transaction().execute(async (trx) => {
      await sql`insert into counted values (100)`.execute(trx)
      await sql`select 1/0`.execute(trx).catch(() => {})
    })
    await expect(transaction).rejects.toThrow()
    expect(await ids()).not.toContain(100)
  })

  test('counts are numbers, times are dates, and lists are lists', async () => {
    const { rows } =
      await sql`select 5::bigint as n, '2026-01-02T03:04:05.678Z'::timestamptz as t, '{a,"b,c"}'::text[] as l, '{"a":[1]}'::jsonb as j`.execute(
        database.db,
      )
    expect(rows).toEqual([{ n: 5, t: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)), l: ['a', 'b,c'], j: { a: [1] } }])
  })
})

test.each(['', 'mysql://x', 'pglite:', './data'])('the URL %j is refused with the forms there are', async (url) => {
  await expect(openDatabase({ url, log: silentLog })).rejects.toThrow(
    'must start with pglite:, postgres:// or postgresql://',
  )
})

test('a closed embedded database fails queries and transactions instead of keeping them waiting', async () => {
  const { db, close } = await openDatabase({ url: 'pglite:memory', log: silentLog })
  await close()
  await close()
  await expect(sql`select 1`.execute(db)).rejects.toThrow('has stopped')
  await expect(db.transaction().execute((trx) => sql`select 1`.execute(trx))).rejects.toThrow('has stopped')
})
