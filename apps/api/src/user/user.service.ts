import { isDeepStrictEqual } from 'node:util'
import { Inject, Injectable } from '@nestjs/common'
import type { PageQuery, Policy, User } from '@vm-x/contract'
import type { Database } from '@vm-x/storage'
import type { Kysely } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { v7 as uuidv7 } from 'uuid'
import { endSessions, savePassword } from '../auth/credential.ts'
import type { Change } from '../change/changes.ts'
import { patched } from '../change/patched.ts'
import { touchedBy, trackedOf } from '../change/tracked-row.ts'
import { requireVersion } from '../http/etag.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { page } from '../http/page.ts'
import { notFound, Problem } from '../http/problem.ts'
import { lockPeople, requireAdministratorBesides, requireRolesWithinOwn } from '../role/granting.ts'
import { MemberService } from '../workspace/member.service.ts'

type UserPatch = {
  readonly email?: string | undefined
  readonly name?: string | undefined
  readonly disabled?: boolean | undefined
}

@Injectable()
export class UserService {
  constructor(
    @Inject(MANAGEMENT) private readonly management: Management,
    @Inject(MemberService) private readonly members: MemberService,
  ) {}

  list(policy: Policy, query: PageQuery) {
    return page(query, {
      read: (after, limit) =>
        usersIn(this.management.db).where('user.id', '>', after).orderBy('user.id').limit(limit).execute(),
      visible: ({ id }) => policy.allows('user:get', `user:${id}`),
      present: presented,
    })
  }

  get(id: string): Promise<User> {
    return find(this.management.db, id)
  }

  /** Must change the password, of which `hash` is made, at the first sign-in. Throws `name_taken`. */
  async create(
    change: Change,
    { email, name, hash }: { readonly email: string; readonly name: string; readonly hash: string },
  ): Promise<User> {
    await lockPeople(change)
    await requireFreeAddress(change, email)
    const id = uuidv7()
    await change.trx
      .insertInto('user')
      .values({ id, email, name, state: 'must_change_password', ...change.createdBy })
      .execute()
    await savePassword(change.trx, id, hash)
    const created = await find(change.trx, id)
    await change.record({ ...eventOf(created, 'create'), before: null, after: created })
    return created
  }

  /**
   * Whoever is disabled is signed out at once, and must change their password once they are enabled again. Throws
   * `version_mismatch`, `name_taken`, `last_administrator`, and `grant_exceeds_own` for who disables, enables, or gives
   * another address to, a user whose roles exceed their own: that is to decide who has these roles.
   */
  async update(change: Change, id: string, version: number, { disabled, ...patch }: UserPatch): Promise<User> {
    await lockPeople(change)
    const before = await findLocked(change, id)
    requireVersion(before.version, version)
    const isDisabled = before.state === 'disabled'
    const state = disabled === undefined || disabled === isDisabled ? before.state : stateOf(disabled)
    const wanted = patched(before, { ...patch, state })
    if (isDeepStrictEqual(wanted, before)) return before
    if (state !== before.state || wanted.email !== before.email) await requireRolesWithinOwn(change, id)
    if (state === 'disabled' && !isDisabled) {
      await requireAdministratorBesides(change, new Set([id]))
      await endSessions(change.trx, id)
    }
    await requireFreeAddress(change, wanted.email, id)
    const columns = { email: wanted.email, name: wanted.name, state }
    await this.#touch(change, id, columns)
    return this.#recorded(change, before, 'update')
  }

  /**
   * Throws `version_mismatch`, `last_administrator`, `last_owner`, and `grant_exceeds_own` for a user whose roles exceed
   * those of the author.
   */
  async remove(change: Change, id: string, version: number): Promise<void> {
    await lockPeople(change)
    const before = await findLocked(change, id)
    requireVersion(before.version, version)
    await requireRolesWithinOwn(change, id)
    await requireAdministratorBesides(change, new Set([id]))
    await this.members.leaveAll(change, id)
    await change.trx.deleteFrom('user').where('id', '=', id).execute()
    change.affectsSessionsOf(id)
    await change.record({ ...eventOf(before, 'delete'), before, after: null })
  }

  /**
   * Gives the user another one-time password, of which `hash` is made. Throws `version_mismatch`, `conflict` for who is
   * disabled and for the author themself, or a stolen session would do in place of their password, and
   * `grant_exceeds_own`: whoever knows the password has the roles.
   */
  async resetPassword(change: Change, id: string, version: number, hash: string): Promise<User> {
    await lockPeople(change)
    const before = await findLocked(change, id)
    requireVersion(before.version, version)
    if (before.state === 'disabled') throw new Problem('conflict', 'The user is disabled')
    if (change.author.id === id)
      throw new Problem('conflict', 'Change your own at POST /management/v1/auth/password, with the current one')
    await requireRolesWithinOwn(change, id)
    await savePassword(change.trx, id, hash)
    await this.#touch(change, id, { state: 'must_change_password' })
    return this.#recorded(change, before, 'reset-password')
  }

  /** Throws `grant_exceeds_own` for a user whose roles exceed those of the author. */
  async endSessions(change: Change, id: string): Promise<void> {
    await lockPeople(change)
    const user = await findLocked(change, id)
    await requireRolesWithinOwn(change, id)
    await endSessions(change.trx, id)
    change.affectsSessionsOf(id)
    await change.record({ ...eventOf(user, 'end-sessions'), before: user, after: user })
  }

  async #touch(change: Change, id: string, columns: Partial<Pick<User, 'email' | 'name' | 'state'>>): Promise<void> {
    await change.trx
      .updateTable('user')
      .set({ ...columns, ...touchedBy(change.author) })
      .where('id', '=', id)
      .execute()
    change.affectsSessionsOf(id)
  }

  async #recorded(change: Change, before: User, verb: string): Promise<User> {
    const after = await find(change.trx, before.id)
    await change.record({ ...eventOf(after, verb), before, after })
    return after
  }
}

const stateOf = (disabled: boolean) => (disabled ? ('disabled' as const) : ('must_change_password' as const))

const usersIn = (db: Kysely<Database>) =>
  db
    .selectFrom('user')
    .selectAll('user')
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('user_role')
          .innerJoin('role', 'role.id', 'user_role.role_id')
          .whereRef('user_role.user_id', '=', 'user.id')
          .select(['role.id', 'role.name'])
          .orderBy('role.id'),
      ).as('roles'),
    )

type Row = Awaited<ReturnType<ReturnType<typeof usersIn>['executeTakeFirstOrThrow']>>

async function find(db: Kysely<Database>, id: string): Promise<User> {
  const row = await usersIn(db).where('user.id', '=', id).executeTakeFirst()
  if (!row) throw notFound('user')
  return presented(row)
}

/** People are locked, but users change their passwords, and with that their state, by themselves. */
async function findLocked({ trx }: Change, id: string): Promise<User> {
  await trx.selectFrom('user').where('id', '=', id).select('id').forUpdate().execute()
  return find(trx, id)
}

async function requireFreeAddress({ trx }: Change, email: string, except?: string): Promise<void> {
  const other = await trx
    .selectFrom('user')
    .where('email', '=', email)
    .where('id', 'is distinct from', except ?? null)
    .select('id')
    .executeTakeFirst()
  if (other) throw new Problem('name_taken', `Another user has the address ${email}`)
}

const presented = (row: Row): User => ({
  id: row.id,
  email: row.email,
  name: row.name,
  state: row.state,
  roles: row.roles,
  ...trackedOf(row),
})

const eventOf = ({ id, email }: User, verb: string) => ({ action: `user:${verb}`, kind: 'user', id, name: email })
