import { isDeepStrictEqual } from 'node:util'
import { Inject, Injectable } from '@nestjs/common'
import {
  BUILT_IN_ROLES,
  type PageQuery,
  type Policy,
  type PolicyDocument,
  policyProblems,
  type Role,
  type RoleInput,
  type RoleMember,
  type RolePatch,
} from '@vm-x/contract'
import { type Database, place } from '@vm-x/storage'
import type { Kysely, Selectable } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Change } from '../change/changes.ts'
import { requireNameFreeAmong } from '../change/free-name.ts'
import { patched } from '../change/patched.ts'
import { touchedBy, trackedOf } from '../change/tracked-row.ts'
import { requireVersion } from '../http/etag.ts'
import { inUse } from '../http/in-use.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { page } from '../http/page.ts'
import { invalidFields, notFound, Problem } from '../http/problem.ts'
import { documentsOf, policyOfAuthor } from '../http/tenancy.ts'
import { deniesOf, lockPeople, requireAdministratorBesides, requireGrantable, requireLiftable } from './granting.ts'
import { knownPermissions } from './known-permissions.ts'
import { charactersOf, requireComparable } from './policy-size.ts'

type Row = Selectable<Database['role']>

@Injectable()
export class RoleService {
  constructor(@Inject(MANAGEMENT) private readonly management: Management) {}

  list(policy: Policy, query: PageQuery) {
    return page(query, {
      read: (after, limit) =>
        this.management.db.selectFrom('role').where('id', '>', after).selectAll().orderBy('id').limit(limit).execute(),
      visible: ({ id }) => policy.allows('role:get', `role:${id}`),
      present: presented,
    })
  }

  async get(id: string): Promise<Role> {
    return presented(await find(this.management.db, id))
  }

  /** Throws `invalid_fields` for what can't take effect, `grant_exceeds_own`, `name_taken`. */
  async create(change: Change, input: RoleInput): Promise<Role> {
    await lockPeople(change)
    requireEffect(input.policy)
    await requireGrantable(change, input.policy)
    await requireFreeName(change, input.name)
    const row = await change.trx
      .insertInto('role')
      .values({ id: uuidv7(), ...columnsOf(input), ...change.createdBy })
      .returningAll()
      .executeTakeFirstOrThrow()
    const created = presented(row)
    await change.record({ ...eventOf(row, 'create'), before: null, after: created })
    return created
  }

  /** Throws as {@link create} does, and `built_in`, `version_mismatch`, `last_administrator`, `conflict`. */
  async update(change: Change, id: string, version: number, patch: RolePatch): Promise<Role> {
    await lockPeople(change)
    const row = await find(change.trx, id)
    requireOwnMade(row)
    requireVersion(row.version, version)
    const before = presented(row)
    const wanted = patched(before, patch)
    if (isDeepStrictEqual(wanted, before)) return before
    if (!isDeepStrictEqual(wanted.policy, before.policy)) await requirePermitted(change, before, wanted.policy)
    await requireFreeName(change, wanted.name, id)
    const saved = await change.trx
      .updateTable('role')
      .set({ ...columnsOf(wanted), ...touchedBy(change.author) })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    const after = presented(saved)
    await change.record({ ...eventOf(row, 'update'), before, after })
    return after
  }

  /** Throws `built_in`, `version_mismatch`, `in_use`. */
  async remove(change: Change, id: string, version: number): Promise<void> {
    await lockPeople(change)
    const row = await find(change.trx, id)
    requireOwnMade(row)
    requireVersion(row.version, version)
    const members = await membersOf(change.trx, id).execute()
    if (members.length > 0) {
      const uses = members.map(({ id, email }) => ({ kind: 'user', id, name: email, resource: `user:${id}` }))
      throw inUse(await policyOfAuthor(change), 'Somebody has the role', uses)
    }
    await change.trx.deleteFrom('role').where('id', '=', id).execute()
    await change.record({ ...eventOf(row, 'delete'), before: presented(row), after: null })
  }

  async listMembers(id: string, policy: Policy, query: PageQuery) {
    await find(this.management.db, id)
    return page(query, {
      read: (after, limit) =>
        membersOf(this.management.db, id).where('user.id', '>', after).orderBy('user.id').limit(limit).execute(),
      visible: ({ id }) => policy.allows('user:get', `user:${id}`),
      present: presentedMember,
    })
  }

  /**
   * Giving it again changes nothing. Throws `grant_exceeds_own`, `last_administrator` for what would deny them something,
   * `conflict` for more than can be compared.
   */
  async addMember(change: Change, id: string, userId: string): Promise<RoleMember> {
    await lockPeople(change)
    const row = await find(change.trx, id)
    const known = await findMember(change.trx, id, userId)
    if (known) return presentedMember(known)
    await requireUser(change, userId)
    await requireGrantable(change, row.policy)
    const receiving = new Set([userId])
    await requireComparable(change, receiving, id, row.policy)
    if (deniesOf(row.policy.statements).length > 0) await requireAdministratorBesides(change, receiving)
    const { created_by } = change.createdBy
    await change.trx.insertInto('user_role').values({ user_id: userId, role_id: id, created_by }).execute()
    const added = await findMember(change.trx, id, userId)
    if (!added) throw new Error('The role was given, and is gone')
    const after = presentedMember(added)
    await change.record({ ...memberEventOf(row, after, 'create'), before: null, after })
    return after
  }

  /** Throws `last_administrator`, `grant_exceeds_own` for what the role has denied. */
  async removeMember(change: Change, id: string, userId: string): Promise<void> {
    await lockPeople(change)
    const row = await find(change.trx, id)
    const member = await findMember(change.trx, id, userId)
    if (!member) throw notFound('member of the role')
    if (id === BUILT_IN_ROLES.admin.id) await requireAdministratorBesides(change, new Set([userId]))
    await requireLossWithinOwn(change, row, userId)
    await change.trx.deleteFrom('user_role').where('role_id', '=', id).where('user_id', '=', userId).execute()
    const before = presentedMember(member)
    await change.record({ ...memberEventOf(row, before, 'delete'), before, after: null })
  }
}

function requireEffect(policy: PolicyDocument): void {
  const problems = policyProblems(policy, knownPermissions)
  if (problems.length > 0)
    throw invalidFields(problems.map(({ path, message }) => ({ path: place(['policy', ...path]), message })))
}

/** Whether a role may permit something else than it did: what it then allows, and what it then denies no longer or anew. */
async function requirePermitted(change: Change, before: Role, wanted: PolicyDocument): Promise<void> {
  requireEffect(wanted)
  await requireGrantable(change, wanted)
  const denies = deniesOf(wanted.statements)
  const lifted = deniesOf(before.policy.statements).filter(
    (deny) => !denies.some((other) => isDeepStrictEqual(other, deny)),
  )
  await requireLiftable(change, lifted, denies)
  const members = new Set((await membersOf(change.trx, before.id).execute()).map(({ id }) => id))
  if (charactersOf(wanted) > charactersOf(before.policy)) await requireComparable(change, members, before.id, wanted)
  if (denies.length > 0) await requireAdministratorBesides(change, members)
}

/** Whoever loses a role may do what it denied and another of theirs allows. */
async function requireLossWithinOwn(change: Change, lost: Row, userId: string): Promise<void> {
  const remaining = (await documentsOf(change.trx, userId, { except: lost.id })).flatMap(({ statements }) => statements)
  const denies = deniesOf(remaining)
  if (denies.length < remaining.length) await requireLiftable(change, deniesOf(lost.policy.statements), denies)
}

function requireOwnMade({ built_in, name }: Row): void {
  if (built_in) throw new Problem('built_in', `The role ${name} comes with the product; make one of your own instead`)
}

async function find(db: Kysely<Database>, id: string): Promise<Row> {
  const row = await db.selectFrom('role').where('id', '=', id).selectAll().executeTakeFirst()
  if (!row) throw notFound('role')
  return row
}

async function requireUser({ trx }: Change, id: string): Promise<void> {
  const user = await trx.selectFrom('user').where('id', '=', id).select('id').executeTakeFirst()
  if (!user) throw notFound('user')
}

const requireFreeName = ({ trx }: Change, name: string, except?: string) =>
  requireNameFreeAmong(trx.selectFrom('role'), { kind: 'role', name, except })

const membersOf = (db: Kysely<Database>, roleId: string) =>
  db
    .selectFrom('user_role')
    .innerJoin('user', 'user.id', 'user_role.user_id')
    .where('user_role.role_id', '=', roleId)
    .select(['user.id', 'user.email', 'user.name', 'user_role.created_at', 'user_role.created_by'])

type MemberRow = Awaited<ReturnType<ReturnType<typeof membersOf>['executeTakeFirstOrThrow']>>

const findMember = (db: Kysely<Database>, roleId: string, userId: string): Promise<MemberRow | undefined> =>
  membersOf(db, roleId).where('user.id', '=', userId).executeTakeFirst()

const columnsOf = ({ name, description, policy }: RoleInput) => ({ name, description, policy: JSON.stringify(policy) })

const presented = (row: Row): Role => ({
  id: row.id,
  name: row.name,
  description: row.description,
  policy: row.policy,
  builtIn: row.built_in,
  ...trackedOf(row),
})

const presentedMember = (row: MemberRow): RoleMember => ({
  userId: row.id,
  email: row.email,
  name: row.name,
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
})

const eventOf = ({ id, name }: Row, verb: string) => ({ action: `role:${verb}`, kind: 'role', id, name })

const memberEventOf = ({ id, name }: Row, { email }: RoleMember, verb: string) => ({
  action: `role-member:${verb}`,
  kind: 'role',
  id,
  name: `${name}: ${email}`,
})
