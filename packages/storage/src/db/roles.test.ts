import { randomBytes } from 'node:crypto'
import { silentLog } from '@vm-x/gateway'
import { bytesOf, exchangeRecord } from '@vm-x/gateway/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SqlAuditStore } from '../audit/sql-audit-store.ts'
import { SqlUsageStore } from '../usage/sql-usage-store.ts'
import { auditGuard } from './audit-guard.ts'
import { migrate, pendingMigrations } from './migrate.ts'
import { type OpenedDatabase, openDatabase } from './open.ts'
import { roleOf } from './postgres.ts'
import { createPostgresDatabase } from './test-databases.ts'

const suffix = randomBytes(4).toString('hex')
const owner = `vmx_owner_${suffix}`
const serving = `vmx-Serving "${suffix}"`

let empty: Awaited<ReturnType<typeof createPostgresDatabase>>
let migrating: OpenedDatabase
let served: OpenedDatabase

const as = (role: string) => {
  const url = new URL(empty.url)
  url.username = encodeURIComponent(role)
  url.password = 'secret'
  return url.href
}

beforeAll(async () => {
  empty = await createPostgresDatabase()
  const name = new URL(empty.url).pathname.slice(1)
  for (const role of [owner, serving])
    await empty.query(`create role "${role.replaceAll('"', '""')}" login password 'secret'`)
  await empty.query(`alter database ${name} owner to ${owner}`)
  migrating = await openDatabase({ url: as(owner), statementTimeoutMs: 0, log: silentLog })
  served = await openDatabase({ url: as(serving), log: silentLog })
  await migrate(migrating.db, { servingRole: roleOf(as(serving)) })
})

afterAll(async () => {
  await migrating?.close()
  await served?.close()
  const servingId = `"${serving.replaceAll('"', '""')}"`
  await empty?.query(`drop owned by ${servingId}`)
  await empty?.query(`drop owned by ${owner} cascade`)
  await empty?.query(`reassign owned by ${owner} to postgres`)
  await empty?.query(`drop role ${servingId}`)
  await empty?.query(`drop role ${owner}`)
  await empty?.drop()
})

test('the serving role appends and reads the audit and the usage', async () => {
  const record = exchangeRecord({ startedAt: Date.now() })
  const [audit, usage] = [new SqlAuditStore(served), new SqlUsageStore(served)]
  await audit.append([bytesOf(record)])
  await usage.append([bytesOf(record)])
  expect(await audit.get('operator', record.id)).toEqual(record)
  expect(await usage.get('operator', record.id)).toMatchObject({ id: record.id })
})

test('the serving role reads and writes configuration and how many replicas there are, and sees which migrations there are', async () => {
  const id = '01900000-0000-7000-8000-000000000001'
  await served.db
    .insertInto('workspace')
    .values({ id, name: 'w', time_zone: 'UTC', created_by: 'test', updated_by: 'test' })
    .execute()
  await served.db.updateTable('workspace').set({ name: 'v' }).where('id', '=', id).execute()
  await served.db.deleteFrom('workspace').where('id', '=', id).execute()
  for (const replicas of [3, 2])
    await served.db
      .insertInto('seen_replicas')
      .values({ replicas })
      .onConflict((conflict) => conflict.column('singleton').doUpdateSet({ replicas }))
      .execute()
  expect(await pendingMigrations(served.db)).toEqual([])
})

const partitionOfThisMonth = `_${new Date().toISOString().slice(0, 7).replace('-', '_')}`

test.each(
  ['audit_exchange', 'usage_event'].flatMap((table) =>
    ['', partitionOfThisMonth, '_default'].map((end) => `${table}${end}`),
  ),
)('the serving role changes and removes nothing of %s, nor its protection', async (table) => {
  for (const attempt of [
    `update ${table} set status = 0`,
    `delete from ${table}`,
    `truncate ${table}`,
    `drop table ${table}`,
    `alter table ${table} disable trigger all`,
    `drop trigger append_only on ${table}`,
  ]) {
    await expect(sql.raw(attempt).execute(served.db), attempt).rejects.toMatchObject({ code: '42501' })
  }
})

test('the serving role adds no migration, table or partition', async () => {
  for (const attempt of [
    "insert into kysely_migration (name, timestamp) values ('x', '')",
    'create table mine (id int)',
    "select append_only_partition('audit_exchange', '2001-01-01')",
  ]) {
    await expect(sql.raw(attempt).execute(served.db), attempt).rejects.toMatchObject({ code: '42501' })
  }
})

test('the guard trusts the serving role alone: not the owner, nor whoever may become the owner', async () => {
  expect(await auditGuard(served.db)).toEqual({ protected: true, reason: '' })
  const owns = { protected: false, reason: 'the serving role owns the audit tables' }
  expect(await auditGuard(migrating.db)).toEqual(owns)
  await empty.query(`grant ${owner} to "${serving.replaceAll('"', '""')}"`)
  expect(await auditGuard(served.db)).toEqual(owns)
  await empty.query(`revoke ${owner} from "${serving.replaceAll('"', '""')}"`)
})

test('migrating again takes back what the serving role should not have', async () => {
  await empty.query(`grant update, delete, truncate on audit_exchange to "${serving.replaceAll('"', '""')}"`)
  await migrate(migrating.db, { servingRole: serving })
  const { rows } = await sql<{
    may: boolean
  }>`select has_table_privilege('audit_exchange', 'update, delete, truncate') as may`.execute(served.db)
  expect(rows).toEqual([{ may: false }])
})
