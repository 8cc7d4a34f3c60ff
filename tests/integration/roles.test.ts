import { expect, test } from 'vitest'
import { ProductEnded, startProduct, temporaryDirectory } from '../start-product.ts'
import { createPostgresDatabase, query } from './postgres-database.ts'
import { readiness, shipped } from './readiness.ts'
import { vmx } from './vmx-command.ts'

const ask = (url: string, key: string | undefined) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'Hello' }] }),
  })

test('with DATABASE_MIGRATE_URL the serving role records requests and can change no record', async () => {
  const database = await createPostgresDatabase()
  const role = `serving_${new URL(database.url).pathname.slice(1)}`
  await query(database.url, `create role ${role} login password 'secret'`)
  try {
    const env = { DATABASE_URL: database.as(role, 'secret'), DATABASE_MIGRATE_URL: database.url }
    expect(await vmx(['migrate'], env)).toMatchObject({ code: 0 })
    const product = await startProduct({ env })
    expect(product.stdout()).not.toContain('guarded by triggers only')
    expect((await ask(product.url, product.apiKey)).status).toBe(200)
    await shipped(product.url)
    expect((await readiness(product.url)).body.audit).toEqual({ protected: true, reason: '' })
    await product.stop()
    for (const table of ['audit_exchange', 'usage_event']) {
      expect((await query(database.url, `select count(*)::int as n from ${table}`)).rows).toEqual([{ n: 1 }])
      for (const change of [`update ${table} set at = now()`, `delete from ${table}`, `truncate ${table}`]) {
        await expect(query(env.DATABASE_URL, change)).rejects.toThrow(/permission denied/)
        await expect(query(database.url, change)).rejects.toThrow(
          /append-only|refused|not allowed|cannot|can not|can't/i,
        )
      }
    }
  } finally {
    await query(database.url, `drop owned by ${role}`)
    await database.drop()
    await query(new URL('/postgres', database.url).href, `drop role ${role}`)
  }
})

test('with one URL for both, start-up and readiness say what guards the audit', async () => {
  const database = await createPostgresDatabase({ migrated: true })
  try {
    const env = { DATABASE_URL: database.url }
    const product = await startProduct({ env })
    expect(product.stdout()).toContain('The audit is guarded by triggers only')
    expect((await readiness(product.url)).body.audit).toMatchObject({ protected: false })
    await product.stop()
  } finally {
    await database.drop()
  }
})

test('a database that was not migrated is named with the command that does it', async () => {
  const database = await createPostgresDatabase()
  try {
    const start = startProduct({ env: { DATABASE_URL: database.url }, dataDir: temporaryDirectory() })
    const error = await start.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(ProductEnded)
    expect(error).toMatchObject({ stderr: expect.stringContaining('run `npx vmx migrate` first') })
  } finally {
    await database.drop()
  }
})
