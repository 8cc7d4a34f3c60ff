import type { Database } from '@vm-x/storage'
import { sql } from 'kysely'
import { vi } from 'vitest'
import type { Answer, World, worldKinds } from './world.ts'

/**
 * Calls that truly meet: each comes as far as writing to `table`, or waits for another one of them, before any of them
 * writes. The embedded database makes one transaction at a time, so there they only begin together.
 */
export async function atOnce(
  { product }: World,
  kind: (typeof worldKinds)[number],
  table: keyof Database,
  calls: readonly (() => Promise<Answer>)[],
): Promise<Answer[]> {
  if (kind === 'pglite') return Promise.all(calls.map((call) => call()))
  const { db } = product.storage.database
  const [held, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const holding = db.transaction().execute(async (trx) => {
    await sql`lock table ${sql.table(table)} in share mode`.execute(trx)
    held.resolve()
    await over.promise
  })
  await held.promise
  const answers = Promise.all(calls.map((call) => call()))
  try {
    await vi.waitFor(async () => {
      const { rows } = await sql`
        select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
      if (rows.length < calls.length) throw new Error(`Only ${rows.length} of ${calls.length} calls wait`)
    }, WAIT)
  } finally {
    over.resolve()
    await holding
  }
  return answers
}

const WAIT = { timeout: 10_000, interval: 10 }
