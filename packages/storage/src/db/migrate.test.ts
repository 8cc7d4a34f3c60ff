import { bytesOf, exchangeRecord } from '@vm-x/gateway/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SqlAuditStore } from '../audit/sql-audit-store.ts'
import { SqlUsageStore } from '../usage/sql-usage-store.ts'
import { auditGuard } from './audit-guard.ts'
import { DatabaseTooNew, migrate, pendingMigrations } from './migrate.ts'
import type { OpenedDatabase } from './open.ts'
import { testDatabases } from './test-databases.ts'

const month = (offset: number) => {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1))
}
const partition = (table: string, at: Date) => `${table}_${at.toISOString().slice(0, 7).replace('-', '_')}`

describe.each(testDatabases)('on $kind', ({ open }) => {
  let database: OpenedDatabase
  beforeAll(async () => {
    database = await open()
    const records = [month(0), month(12), month(40)].map((at) => bytesOf(exchangeRecord({ startedAt: at.getTime() })))
    await new SqlAuditStore(database).append(records)
    await new SqlUsageStore(database).append(records)
  })
  afterAll(() => database?.close())

  const count = async (table: string) => {
    const { rows } = await sql<{ count: number }>`select count(*) from ${sql.table(table)}`.execute(database.db)
    return rows[0]?.count
  }

  test('migrating again applies nothing', async () => {
    expect(await pendingMigrations(database.db)).toEqual([])
    expect(await migrate(database.db)).toEqual({ applied: [] })
  })

  describe.each(['audit_exchange', 'usage_event'])('%s', (table) => {
    test('records of this month and the next twelve have partitions, later ones go to the default', async () => {
      expect(await count(partition(table, month(0)))).toBe(1)
      expect(await count(partition(table, month(12)))).toBe(1)
      expect(await count(`${table}_default`)).toBe(1)
      expect(await count(table)).toBe(3)
    })

    test('a month whose records are in the default partition already stays there', async () => {
      await sql`select append_only_partition(${table}, ${month(40)}::date)`.execute(database.db)
      expect(await count(`${table}_default`)).toBe(1)
    })

    test.each(['', partition('', month(0)), partition('', month(5)), '_default'])(
      'nothing of %j is changed or removed, not even by its owner',
      async (suffix) => {
        const name = sql.table(`${table}${suffix}`)
        await expect(sql`update ${name} set status = 0`.execute(database.db)).rejects.toThrow(
          /^UPDATE on .* is refused/,
        )
        await expect(sql`delete from ${name}`.execute(database.db)).rejects.toThrow(/^DELETE on .* is refused/)
        await expect(sql`truncate ${name}`.execute(database.db)).rejects.toThrow(/^TRUNCATE on .* is refused/)
        expect(await count(table)).toBe(3)
      },
    )

    test('a new record can not overwrite one with the same id', async () => {
      const overwrite = sql`insert into ${sql.table(table)} select * from ${sql.table(table)} on conflict (id, at) do update set status = 0`
      await expect(overwrite.execute(database.db)).rejects.toThrow(/^UPDATE on .* is refused/)
    })

    test('a session that replays as a replica is refused too', async () => {
      await database.db.connection().execute(async (session) => {
        await sql`set session_replication_role = replica`.execute(session)
        await expect(sql`delete from ${sql.table(table)}`.execute(session)).rejects.toThrow(/^DELETE on .* is refused/)
        await sql`reset session_replication_role`.execute(session)
      })
    })
  })

  test('the guard says that a superuser could lift the protection', async () => {
    expect(await auditGuard(database.db)).toEqual({
      protected: false,
      reason: 'the serving role is a superuser of the database',
    })
  })

  test('a database of a newer version is refused, and left alone', async () => {
    await sql`insert into kysely_migration (name, timestamp) values ('9999-future', '')`.execute(database.db)
    await expect(migrate(database.db)).rejects.toThrow(DatabaseTooNew)
    await expect(pendingMigrations(database.db)).rejects.toThrow('9999-future')
    await sql`delete from kysely_migration where name = '9999-future'`.execute(database.db)
  })
})
