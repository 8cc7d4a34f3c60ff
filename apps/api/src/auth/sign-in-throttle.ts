import { createHash } from 'node:crypto'
import type { Clock } from '@vm-x/gateway'
import type { Database } from '@vm-x/storage'
import { type Kysely, type RawBuilder, type Selectable, sql, type Transaction, type Updateable } from 'kysely'
import { networkOf } from './network-of.ts'

/** An attempt that may be made, counted already. */
export type Attempt = {
  readonly allowed: true
  readonly subjects: Subjects
  /** Whether the account was signed in to from there not long ago. */
  readonly known: boolean
  /** Whether it was the last free one of something that is counted: if it fails, further ones have to wait. */
  readonly last: boolean
}
export type TooMany = { readonly allowed: false; readonly retryAfterMs: number }
/** What is counted: the account from this address, the address, the account. */
type Subjects = Readonly<Record<(typeof KINDS)[number], string>>

/**
 * Slows down who guesses passwords, over all replicas. Failures are counted for an account from one address, for an
 * address, and for an account from anywhere; after some that are free each costs a wait that doubles, to 15 minutes. An
 * hour without an attempt forgets them.
 *
 * A stranger can make others wait, but not lock the owner of an account out: where an account was signed in to within 30
 * days, only what fails from there for that account counts there. Accounts that don't exist are counted like others.
 */
export class SignInThrottle {
  readonly #db: Kysely<Database>
  readonly #clock: Clock
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor(db: Kysely<Database>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /**
   * Counts an attempt as a failure before it is made, so that of many at once none slips through; or says how long to
   * wait, and then counts nothing.
   */
  async begin(email: string, address: string): Promise<Attempt | TooMany> {
    const now = this.#clock.now()
    await this.#sweep(now)
    const subjects = subjectsOf(email, address)
    return await this.#db.transaction().execute(async (trx) => {
      const rows = await locked(trx, subjects, now)
      const known = isKnown(rows.get(subjects.pair), now)
      const counted = known ? (['pair'] as const) : KINDS
      const until = Math.max(...counted.map((kind) => rows.get(subjects[kind])?.blocked_until?.getTime() ?? 0))
      if (until > now) return { allowed: false, retryAfterMs: until - now }
      let last = false
      for (const kind of counted) {
        const failures = failuresOf(rows.get(subjects[kind]), now) + 1
        last ||= failures === FREE_FAILURES[kind]
        const waitMs = waitAfter(failures, FREE_FAILURES[kind])
        const blocked_until = waitMs > 0 ? new Date(now + waitMs) : null
        await update(trx, subjects[kind], { failures, blocked_until, last_attempt_at: new Date(now) })
      }
      return { allowed: true, subjects, known, last }
    })
  }

  /** The attempt was no guess: the account's failures are forgotten, and the address gets this one back. */
  async succeeded({ subjects, known }: Attempt): Promise<void> {
    const none = { failures: 0, blocked_until: null }
    await update(this.#db, subjects.account, none)
    await update(this.#db, subjects.pair, { ...none, succeeded_at: new Date(this.#clock.now()) })
    // Not all of them: who has an account could else guess at others between sign-ins to their own.
    if (!known)
      await update(this.#db, subjects.address, {
        failures: sql<number>`greatest(failures - 1, 0)`,
        blocked_until: null,
      })
  }

  /** The attempt was not made after all: it counts no more. */
  async giveBack({ subjects, known }: Attempt): Promise<void> {
    for (const kind of known ? (['pair'] as const) : KINDS)
      await update(this.#db, subjects[kind], {
        failures: sql<number>`greatest(failures - 1, 0)`,
        blocked_until: sql<Date | null>`case when failures > ${FREE_FAILURES[kind]} then blocked_until end`,
      })
  }

  /** Removes what no longer counts, now and then. Rows in use are left to the next time. */
  async #sweep(now: number): Promise<void> {
    if (now - this.#sweptAt < SWEEP_EVERY_MS) return
    this.#sweptAt = now
    const old = this.#db
      .selectFrom('sign_in_throttle')
      .select('subject')
      .where('last_attempt_at', '<', new Date(now - FORGET_AFTER_MS))
      .where(({ or, eb }) =>
        or([eb('succeeded_at', 'is', null), eb('succeeded_at', '<', new Date(now - KNOWN_FOR_MS))]),
      )
      .forUpdate()
      .skipLocked()
    await this.#db.deleteFrom('sign_in_throttle').where('subject', 'in', old).execute()
  }
}

const MINUTE_MS = 60_000
const KINDS = ['pair', 'address', 'account'] as const
const FREE_FAILURES = { pair: 5, address: 20, account: 50 }
const FIRST_WAIT_MS = 10_000
const LONGEST_WAIT_MS = 15 * MINUTE_MS
const FORGET_AFTER_MS = 60 * MINUTE_MS
const KNOWN_FOR_MS = 30 * 24 * 60 * MINUTE_MS
const SWEEP_EVERY_MS = 10 * MINUTE_MS

/** Hashes, so that e-mail addresses of strangers are not kept. */
function subjectsOf(email: string, address: string): Subjects {
  const network = networkOf(address)
  const hash = (...parts: string[]) => createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
  return {
    pair: hash('pair', email, network),
    address: hash('address', network),
    account: hash('account', email),
  }
}

/** The rows of all subjects, made where there is none; nobody else can read or change them in this way meanwhile. */
async function locked(trx: Transaction<Database>, subjects: Subjects, now: number): Promise<Map<string, Row>> {
  const rows = await trx
    .insertInto('sign_in_throttle')
    // Kind by kind, the same order for everybody, or two could wait for each other.
    .values(KINDS.map((kind) => ({ subject: subjects[kind], failures: 0, last_attempt_at: new Date(now) })))
    // Updating a row to what it is locks it.
    .onConflict((conflict) =>
      conflict.column('subject').doUpdateSet((row) => ({ subject: row.ref('excluded.subject') })),
    )
    .returningAll()
    .execute()
  return new Map(rows.map((row) => [row.subject, row]))
}

const update = (
  db: Kysely<Database>,
  subject: string,
  changes:
    | Updateable<Database['sign_in_throttle']>
    | { failures: RawBuilder<number>; blocked_until: RawBuilder<Date | null> | null },
) => db.updateTable('sign_in_throttle').set(changes).where('subject', '=', subject).execute()

type Row = Selectable<Database['sign_in_throttle']>

const isKnown = (row: Row | undefined, now: number) => now - (row?.succeeded_at?.getTime() ?? 0) < KNOWN_FOR_MS

const failuresOf = (row: Row | undefined, now: number) =>
  row && now - row.last_attempt_at.getTime() < FORGET_AFTER_MS ? row.failures : 0

const waitAfter = (failures: number, free: number) =>
  failures < free ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - free, 20))
