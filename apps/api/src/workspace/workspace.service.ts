import { isDeepStrictEqual } from 'node:util'
import { Inject, Injectable } from '@nestjs/common'
import type { Membership, PageQuery, Policy, Workspace, WorkspaceInput, WorkspacePatch } from '@vm-x/contract'
import { type Database, inWorkspace, type WorkspaceContext } from '@vm-x/storage'
import type { Selectable } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Change } from '../change/changes.ts'
import { requireNameFreeAmong } from '../change/free-name.ts'
import { patched } from '../change/patched.ts'
import { touchedBy, trackedOf } from '../change/tracked-row.ts'
import { EnvironmentService, environmentResource } from '../environment/environment.service.ts'
import { requireVersion } from '../http/etag.ts'
import { inUse, requireDeletable } from '../http/in-use.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { page } from '../http/page.ts'
import { notFound } from '../http/problem.ts'
import { policyOfAuthor, requireOwner } from '../http/tenancy.ts'

type Row = Selectable<Database['workspace']>

@Injectable()
export class WorkspaceService {
  constructor(
    @Inject(MANAGEMENT) private readonly management: Management,
    @Inject(EnvironmentService) private readonly environments: EnvironmentService,
  ) {}

  /** Those that the user is a member of and may see. */
  list(userId: string, policy: Policy, query: PageQuery) {
    return page(query, {
      read: (after, limit) =>
        this.management.db
          .selectFrom('workspace')
          .innerJoin('workspace_member as m', 'm.workspace_id', 'workspace.id')
          .where('m.user_id', '=', userId)
          .where('workspace.id', '>', after)
          .selectAll('workspace')
          .select('m.role as membership')
          .orderBy('workspace.id')
          .limit(limit)
          .execute(),
      visible: ({ id }) => policy.allows('workspace:get', `workspace:${id}`),
      present: (row) => presented(row, row.membership),
    })
  }

  async get({ workspaceId }: WorkspaceContext, userId: string): Promise<Workspace> {
    const row = await this.management.db
      .selectFrom('workspace')
      .innerJoin('workspace_member as m', 'm.workspace_id', 'workspace.id')
      .where('m.user_id', '=', userId)
      .where('workspace.id', '=', workspaceId)
      .selectAll('workspace')
      .select('m.role as membership')
      .executeTakeFirst()
    if (!row) throw notFound('workspace')
    return presented(row, row.membership)
  }

  /** Owned by `owners`. Throws `name_taken`. */
  async create(change: Change, input: WorkspaceInput, owners: readonly string[]): Promise<Workspace> {
    await requireFreeName(change, input.name)
    const row = await change.trx
      .insertInto('workspace')
      .values({ id: uuidv7(), ...columnsOf(input), ...change.createdBy })
      .returningAll()
      .executeTakeFirstOrThrow()
    const members = inWorkspace(change.trx, { workspaceId: row.id })
    for (const user_id of owners)
      await members.insertInto('workspace_member', { user_id, role: 'owner', ...change.createdBy }).execute()
    const created = presented(row, 'owner')
    await change.record({ ...eventOf(row, 'create'), before: null, after: created })
    return created
  }

  /** Keeps the version when nothing differs. Throws `version_mismatch`, `name_taken`. */
  async update(change: Change, context: WorkspaceContext, version: number, patch: WorkspacePatch): Promise<Workspace> {
    const row = await lockAsOwner(change, context)
    requireVersion(row.version, version)
    const before = presented(row, 'owner')
    const wanted = patched(before, patch)
    if (isDeepStrictEqual(wanted, before)) return before
    if (patch.name !== undefined) await requireFreeName(change, patch.name, row.id)
    const saved = await change.trx
      .updateTable('workspace')
      .set({ ...columnsOf(wanted), ...touchedBy(change.author) })
      .where('id', '=', row.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    for (const { id } of await this.environments.idsIn(change.trx, context)) change.affects(id)
    const after = presented(saved, 'owner')
    await change.record({ ...eventOf(row, 'update'), before, after })
    return after
  }

  /**
   * Throws `version_mismatch`, `in_use` while it has environments, unless they are to go with it, and
   * `permission_missing` where the author may not delete all of them and of what is in them.
   */
  async remove(change: Change, context: WorkspaceContext, version: number, cascade: boolean): Promise<void> {
    const row = await lockAsOwner(change, context)
    requireVersion(row.version, version)
    const environments = await this.environments.lockAll(change, context)
    const contents = environments.map(({ id, name }) => ({
      kind: 'environment',
      id,
      name,
      resource: environmentResource({ ...context, environmentId: id }),
    }))
    const policy = await policyOfAuthor(change)
    if (environments.length > 0 && !cascade)
      throw inUse(policy, 'It has environments; cascade=true deletes them and all that is in them', contents)
    requireDeletable(policy, contents)
    for (const { id, version } of environments)
      await this.environments.remove(change, { ...context, environmentId: id }, version, true)
    await change.trx.deleteFrom('workspace').where('id', '=', row.id).execute()
    // Nobody is a member any more: the event is the installation's, which is told no more than that it was there.
    const { id, name } = row
    await change.record({ ...eventOf(row, 'delete'), workspaceId: undefined, before: { id, name }, after: null })
  }
}

/** Makes changes within one workspace wait for each other. Throws `not_found`, and what refuses the author by now. */
export async function lockWorkspace(change: Change, { workspaceId }: WorkspaceContext): Promise<Row> {
  const row = await change.trx
    .selectFrom('workspace')
    .where('id', '=', workspaceId)
    .selectAll()
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw notFound('workspace')
  await change.author.requireAllowed?.(change.trx)
  return row
}

/**
 * The same for what only owners do: they must still be one by the time it is their turn, or who is being removed could
 * come back by a request that waited for it. Throws `not_found`, `owner_required`.
 */
export async function lockAsOwner(change: Change, context: WorkspaceContext): Promise<Row> {
  const row = await lockWorkspace(change, context)
  const { kind, id } = change.author
  if (kind === 'system') return row
  const member = await inWorkspace(change.trx, context)
    .selectFrom('workspace_member')
    .where('user_id', '=', id)
    .select('role')
    .executeTakeFirst()
  if (!member) throw notFound('workspace')
  requireOwner(member.role)
  return row
}

/** Names are unique among all workspaces. */
const requireFreeName = ({ trx }: Change, name: string, except?: string) =>
  requireNameFreeAmong(trx.selectFrom('workspace'), { kind: 'workspace', name, except })

const columnsOf = ({ name, timeZone, capacity, maxConcurrent }: WorkspaceInput) => ({
  name,
  time_zone: timeZone,
  capacity: JSON.stringify(capacity),
  max_concurrent: maxConcurrent,
})

const presented = (row: Row, membership: Membership): Workspace => ({
  id: row.id,
  name: row.name,
  timeZone: row.time_zone,
  capacity: row.capacity,
  maxConcurrent: row.max_concurrent,
  membership,
  ...trackedOf(row),
})

const eventOf = ({ id, name }: Row, verb: string) => ({
  action: `workspace:${verb}`,
  kind: 'workspace',
  id,
  name,
  workspaceId: id,
})
