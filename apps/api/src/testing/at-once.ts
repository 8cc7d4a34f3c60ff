import type { Database } from '@vm-x/storage'
import { type Kysely, sql, type Transaction } from 'kysely'
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
  const lock = (trx: Transaction<Database>) => sql`lock table ${sql.table(table)} in share mode`.execute(trx)
  return held(db, { lock }, async () => {
    const answers = Promise.all(calls.map((call) => call()))
    await untilWaiting(db, calls.length)
    return { answers }
  })
}

type InTransaction = (trx: Transaction<Database>) => Promise<unknown>

/**
 * A call that has been allowed, and waits for `lock` until `meanwhile` has happened. On the embedded database it waits
 * before it is allowed.
 */
export function overtaken(
  { product }: World,
  kind: (typeof worldKinds)[number],
  { call, ...holding }: { readonly lock: InTransaction; readonly meanwhile: InTransaction; call(): Promise<Answer> },
): Promise<Answer> {
  const { db } = product.storage.database
  return held(db, holding, async () => {
    const answers = call()
    if (kind === 'postgres') await untilWaiting(db, 1)
    return { answers }
  })
}

/** What calls are answered that are begun while a transaction has the lock; it ends when they wait for it. */
async function held<Answers>(
  db: Kysely<Database>,
  { lock, meanwhile }: { readonly lock: InTransaction; readonly meanwhile?: InTransaction },
  begin: () => Promise<{ readonly answers: Promise<Answers> }>,
): Promise<Answers> {
  const [locked, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const holding = db.transaction().execute(async (trx) => {
    await lock(trx)
    locked.resolve()
    await over.promise
    await meanwhile?.(trx)
  })
  await locked.promise
  const [{ answers }] = await Promise.all([begin().finally(() => over.resolve()), holding])
  return answers
}

const untilWaiting = (db: Kysely<Database>, calls: number) =>
  vi.waitFor(async () => {
    const { rows } = await sql`
      select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
    if (rows.length < calls) throw new Error(`Only ${rows.length} of ${calls} calls wait`)
  }, WAIT)

const WAIT = { timeout: 10_000, interval: 10 }
