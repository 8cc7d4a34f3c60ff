import { Inject, Injectable } from '@nestjs/common'
import type { Membership, PageQuery, WorkspaceMember } from '@vm-x/contract'
import { type Database, inWorkspace, type WorkspaceContext } from '@vm-x/storage'
import type { Kysely } from 'kysely'
import type { Change } from '../change/changes.ts'
import { touchedBy, trackedOf } from '../change/tracked-row.ts'
import { requireVersion } from '../http/etag.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { page } from '../http/page.ts'
import { invalidFields, notFound, Problem } from '../http/problem.ts'
import { lockAsOwner, lockWorkspace } from './workspace.service.ts'

@Injectable()
export class MemberService {
  constructor(@Inject(MANAGEMENT) private readonly management: Management) {}

  list(context: WorkspaceContext, query: PageQuery) {
    return page(query, {
      read: (after, limit) =>
        membersOf(this.management.db, context)
          .where('workspace_member.user_id', '>', after)
          .orderBy('workspace_member.user_id')
          .limit(limit)
          .execute(),
      present: presented,
    })
  }

  /** Throws `invalid_fields` when nobody has the address, `conflict` when they are a member already. */
  async add(
    change: Change,
    context: WorkspaceContext,
    { email, membership }: { readonly email: string; readonly membership: Membership },
  ): Promise<WorkspaceMember> {
    await lockAsOwner(change, context)
    const user = await change.trx.selectFrom('user').where('email', '=', email).select('id').executeTakeFirst()
    if (!user) throw invalidFields([{ path: 'email', message: 'no user has this address' }])
    if (await find(change, context, user.id)) throw new Problem('conflict', `${email} is a member already`)
    return this.#insert(change, context, user.id, membership)
  }

  /** Throws `version_mismatch`, `last_owner`. */
  async update(
    change: Change,
    context: WorkspaceContext,
    userId: string,
    { version, membership }: { readonly version: number; readonly membership: Membership },
  ): Promise<WorkspaceMember> {
    await lockAsOwner(change, context)
    const before = await get(change, context, userId)
    requireVersion(before.version, version)
    if (before.membership === membership) return before
    if (membership === 'member') await requireAnotherOwner(change, context, userId)
    await inWorkspace(change.trx, context)
      .updateTable('workspace_member')
      .set({ role: membership, ...touchedBy(change.author) })
      .where('user_id', '=', userId)
      .execute()
    const after = await get(change, context, userId)
    await change.record({ ...eventOf(context, after, 'update'), before, after })
    return after
  }

  /** Throws `version_mismatch`, `last_owner`. */
  async remove(change: Change, context: WorkspaceContext, userId: string, version: number): Promise<void> {
    await lockAsOwner(change, context)
    const member = await get(change, context, userId)
    requireVersion(member.version, version)
    await this.#end(change, context, member)
  }

  /** For users who leave by themselves. Throws `last_owner`. */
  async leave(change: Change, context: WorkspaceContext, userId: string): Promise<void> {
    await lockWorkspace(change, context)
    await this.#end(change, context, await get(change, context, userId))
  }

  /** For users who go: they leave every workspace. Throws `last_owner`, without a word of which one it is. */
  async leaveAll(change: Change, userId: string): Promise<void> {
    const joined = await change.trx
      .selectFrom('workspace')
      .where('id', 'in', (eb) => eb.selectFrom('workspace_member').where('user_id', '=', userId).select('workspace_id'))
      .select('id')
      .orderBy('id')
      .forUpdate()
      .execute()
    for (const { id } of joined) {
      const context = { workspaceId: id }
      const row = await find(change, context, userId)
      // Unless somebody else has removed them while this waited.
      if (row) await this.#end(change, context, presented(row))
    }
  }

  async #end(change: Change, context: WorkspaceContext, before: WorkspaceMember): Promise<void> {
    const { userId } = before
    if (before.membership === 'owner') await requireAnotherOwner(change, context, userId)
    await inWorkspace(change.trx, context).deleteFrom('workspace_member').where('user_id', '=', userId).execute()
    await change.record({ ...eventOf(context, before, 'delete'), before, after: null })
  }

  /** Makes the user an owner of every workspace that has none, e.g. because it was there before anybody was. */
  async ownOrphans(change: Change, userId: string): Promise<void> {
    const orphans = await change.trx
      .selectFrom('workspace as w')
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('workspace_member as m')
              .whereRef('m.workspace_id', '=', 'w.id')
              .where('m.role', '=', 'owner')
              .select('m.user_id'),
          ),
        ),
      )
      .select('w.id')
      .orderBy('w.id')
      .execute()
    for (const { id } of orphans) await this.makeOwner(change, { workspaceId: id }, userId)
  }

  /** Whatever the user was in the workspace before. */
  async makeOwner(change: Change, context: WorkspaceContext, userId: string): Promise<WorkspaceMember> {
    await lockWorkspace(change, context)
    const known = await find(change, context, userId)
    if (known) return this.update(change, context, userId, { version: known.version, membership: 'owner' })
    return this.#insert(change, context, userId, 'owner')
  }

  async #insert(change: Change, context: WorkspaceContext, userId: string, role: Membership): Promise<WorkspaceMember> {
    await inWorkspace(change.trx, context)
      .insertInto('workspace_member', { user_id: userId, role, ...change.createdBy })
      .execute()
    const added = await get(change, context, userId)
    await change.record({ ...eventOf(context, added, 'create'), before: null, after: added })
    return added
  }
}

/** The workspace is locked: nobody else can leave meanwhile. */
async function requireAnotherOwner(change: Change, context: WorkspaceContext, userId: string): Promise<void> {
  const other = await inWorkspace(change.trx, context)
    .selectFrom('workspace_member')
    .where('role', '=', 'owner')
    .where('user_id', '!=', userId)
    .select('user_id')
    .executeTakeFirst()
  if (!other)
    throw new Problem('last_owner', 'The only owner of a workspace must stay: make somebody else an owner of it first')
}

const membersOf = (db: Kysely<Database>, context: WorkspaceContext) =>
  inWorkspace(db, context)
    .selectFrom('workspace_member')
    .innerJoin('user as u', 'u.id', 'workspace_member.user_id')
    .selectAll('workspace_member')
    .select(['u.id', 'u.email', 'u.name'])

type Row = Awaited<ReturnType<ReturnType<typeof membersOf>['executeTakeFirstOrThrow']>>

const find = (change: Change, context: WorkspaceContext, userId: string): Promise<Row | undefined> =>
  membersOf(change.trx, context).where('workspace_member.user_id', '=', userId).executeTakeFirst()

async function get(change: Change, context: WorkspaceContext, userId: string): Promise<WorkspaceMember> {
  const row = await find(change, context, userId)
  if (!row) throw notFound('member')
  return presented(row)
}

const presented = (row: Row): WorkspaceMember => ({
  userId: row.user_id,
  email: row.email,
  name: row.name,
  membership: row.role,
  ...trackedOf(row),
})

const eventOf = ({ workspaceId }: WorkspaceContext, { userId, email }: WorkspaceMember, verb: string) => ({
  action: `workspace-member:${verb}`,
  kind: 'workspace-member',
  id: userId,
  name: email,
  workspaceId,
})
