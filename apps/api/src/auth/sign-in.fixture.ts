import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Log } from '@vm-x/gateway'
import { type Database, type OpenedDatabase, openVault, type SignedCache } from '@vm-x/storage'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { endSessions, savePassword } from './credential.ts'
import { createPasswordHasher, type PasswordHasher } from './password-hasher.ts'
import { SignIn, type Started } from './sign-in.ts'

export const PASSWORD = 'correct horse battery'
export const NEXT = 'staple correct horse'
export const DAY_MS = 24 * 60 * 60_000
export const caller = { address: '203.0.113.7', userAgent: 'Firefox', secure: false }

/** Sign-in on one database for the file, empty before each test, and the people who use it. */
export function signInWorld(open: () => Promise<OpenedDatabase>) {
  const world = new World()
  beforeAll(async () => world.open(await open()))
  beforeEach(() => world.begin())
  afterAll(() => world.close())
  return world
}

class World {
  nowMs = 0
  hasher = watchedHasher()
  /** That all replicas share. */
  cache: SignedCache | undefined
  readonly logged: string[] = []
  readonly #directory = mkdtempSync(join(tmpdir(), 'vmx-sign-in-'))
  #database: OpenedDatabase | undefined
  #signIn: SignIn | undefined

  open(database: OpenedDatabase): void {
    this.#database = database
  }

  async begin(): Promise<void> {
    await this.db.deleteFrom('sign_in_throttle').execute()
    await this.db.deleteFrom('user').execute()
    this.nowMs = Date.UTC(2026, 0, 1)
    this.hasher = watchedHasher()
    this.logged.length = 0
    this.#signIn = await this.openSignIn()
  }

  async close(): Promise<void> {
    await this.#database?.close()
    rmSync(this.#directory, { recursive: true })
  }

  get db() {
    return there(this.#database).db
  }

  get signIn(): SignIn {
    return there(this.#signIn)
  }

  /** As another replica does. */
  async openSignIn(): Promise<SignIn> {
    const { db, hasher, cache } = this
    const vault = await openVault(`libsodium:file=${join(this.#directory, 'key')}`)
    const clock = { now: () => this.nowMs, monotonicMs: () => this.nowMs }
    return SignIn.open({ db, vault, hasher, clock, log: recordingLog(this.logged), cache })
  }

  /** A user with the password, in the database. */
  async user(email: string, state: Database['user']['state'] = 'active') {
    const id = uuidv7()
    const hash = await this.hasher.hash(PASSWORD)
    const row = { id, email, name: email.split('@')[0] ?? '', state, created_by: 'test', updated_by: 'test' }
    await this.db.transaction().execute(async (trx) => {
      await trx.insertInto('user').values(row).execute()
      await savePassword(trx, id, hash)
    })
    return { id, email }
  }

  attempt(email: string, password = PASSWORD, from: Partial<typeof caller> = {}) {
    return this.signIn.signIn({ ...caller, ...from, email, password })
  }

  async started(outcome: Promise<Started | { refused: string }>) {
    const session = await outcome
    if ('refused' in session) throw new Error(`refused: ${session.refused}`)
    return { ...session, cookie: (session.setCookie[0] ?? '').split(';')[0] ?? '' }
  }

  disable(id: string) {
    return this.db.transaction().execute(async (trx) => {
      await endSessions(trx, id)
      await trx.updateTable('user').set({ state: 'disabled' }).where('id', '=', id).execute()
    })
  }

  rows() {
    return this.db.selectFrom('user_session').selectAll().execute()
  }

  /** How many statements wait for others; of servers. */
  async statementsWaiting(): Promise<number> {
    const { rows } = await sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(this.db)
    return rows.length
  }
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('Not opened yet')
  return value
}

/** The real one with a cheaper derivation, which tells what was verified and lets things happen after that. */
function watchedHasher() {
  const verified: string[] = []
  let after: (() => Promise<unknown>) | undefined
  let busy = false
  const cheap = createPasswordHasher({
    derive: async (password, salt, bytes) =>
      createHash('sha512').update(salt).update(password).digest().subarray(0, bytes),
  })
  const full = createPasswordHasher({ atOnce: 0, waiting: 0 })
  const hasher: PasswordHasher = {
    hash: (password) => cheap.hash(password),
    verify: async (password, hash) => {
      verified.push(hash)
      const right = await (busy ? full : cheap).verify(password, hash)
      await after?.()
      return right
    },
  }
  return {
    ...hasher,
    verified,
    busy: (is = true) => {
      busy = is
    },
    onVerified: (happens: () => Promise<unknown>) => {
      after = happens
    },
  }
}

function recordingLog(lines: string[]): Log {
  const write = (fields: object, message: string) => void lines.push(`${JSON.stringify(fields)} ${message}`)
  return { info: write, warn: write, error: write }
}
