import { join } from 'node:path'
import pg from 'pg'
import { expect, it, vi } from 'vitest'
import { startProduct, temporaryDirectory } from '../start-product.ts'
import { settle } from './administrator.ts'
import { ask } from './load.ts'
import { createPostgresDatabase, query } from './postgres-database.ts'
import { readiness } from './readiness.ts'

it('makes one administrator and one API key that work everywhere when two replicas start at the same moment', async () => {
  const database = await createPostgresDatabase({ migrated: true })
  try {
    const vault = `libsodium:file=${join(temporaryDirectory(), 'key')}`
    const env = { DATABASE_URL: database.url, VAULT_URL: vault }
    const writes = await holdWrites(database.url)
    const starts = [startProduct({ env }), startProduct({ env })]
    await writes.releaseOnce(starts.length)
    const replicas = await Promise.all(starts)

    for (const { url } of replicas) expect(await readiness(url)).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect(replicas.map(({ stderr }) => stderr()).join('')).not.toContain('"level":50')
    const counts = `select (select count(*) from "user")::int as users, (select count(*) from workspace)::int as workspaces,
      (select count(*) from api_key)::int as keys`
    expect((await query(database.url, counts)).rows).toEqual([{ users: 1, workspaces: 1, keys: 1 }])
    const apiKeys = replicas.flatMap(({ apiKey }) => apiKey ?? [])
    const statuses = replicas.flatMap(({ url }) =>
      apiKeys.map(
        async (apiKey) => (await ask({ url, apiKey }, { marker: 'together', model: 'demo', stream: false })).status,
      ),
    )
    expect(await Promise.all(statuses), 'of each API key that was shown, on each replica').toEqual([200, 200])
    const administrators = replicas.flatMap(({ administrator }) => administrator ?? [])
    expect(administrators).toHaveLength(1)
    for (const administrator of administrators) await settle(replicas[0]?.url ?? '', administrator)
    for (const replica of replicas) expect(await replica.stop()).toEqual({ code: 0, signal: null })
  } finally {
    await database.drop()
  }
})

/** Whatever a first start writes first, it comes to a workspace before it has committed anything. */
async function holdWrites(url: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('begin; lock table workspace in exclusive mode')
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  return {
    /** Lets them all go on, once so many wait. */
    releaseOnce: async (count: number) => {
      try {
        await vi.waitFor(async () => expect((await query(url, waiting)).rowCount).toBe(count), { timeout: 60_000 })
      } finally {
        await client.end()
      }
    },
  }
}
