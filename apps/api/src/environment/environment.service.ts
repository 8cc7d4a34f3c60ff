import { isDeepStrictEqual } from 'node:util'
import { Inject, Injectable } from '@nestjs/common'
import type { Environment, EnvironmentInput, EnvironmentPatch, PageQuery, Policy } from '@vm-x/contract'
import { type Database, type EnvironmentContext, inWorkspace, type WorkspaceContext } from '@vm-x/storage'
import type { Kysely, Selectable } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { connectionsIn } from '../ai-connection/connections-in.ts'
import { removeAllConnections } from '../ai-connection/remove-connection.ts'
import { removeAllResources } from '../ai-resource/remove-resource.ts'
import { resourcesIn } from '../ai-resource/resources-in.ts'
import { keysIn } from '../api-key/keys-naming.ts'
import { removeAllKeys } from '../api-key/remove-key.ts'
import type { Change } from '../change/changes.ts'
import { requireNameFreeAmong } from '../change/free-name.ts'
import { patched } from '../change/patched.ts'
import { touchedBy, trackedOf } from '../change/tracked-row.ts'
import { requireVersion } from '../http/etag.ts'
import { inUse, requireDeletable, type Use } from '../http/in-use.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { page } from '../http/page.ts'
import { notFound } from '../http/problem.ts'
import { policyOfAuthor } from '../http/tenancy.ts'
import { removePools } from '../prioritization/remove-pools.ts'

type Row = Selectable<Database['environment']>

@Injectable()
export class EnvironmentService {
  constructor(@Inject(MANAGEMENT) private readonly management: Management) {}

  list(context: WorkspaceContext, policy: Policy, query: PageQuery) {
    return page(query, {
      read: (after, limit) =>
        inWorkspace(this.management.db, context)
          .selectFrom('environment')
          .where('id', '>', after)
          .selectAll()
          .orderBy('id')
          .limit(limit)
          .execute(),
      visible: ({ id }) => policy.allows('environment:get', environmentResource({ ...context, environmentId: id })),
      present: presented,
    })
  }

  async get(context: EnvironmentContext): Promise<Environment> {
    const row = await inWorkspace(this.management.db, context)
      .selectFrom('environment')
      .where('id', '=', context.environmentId)
      .selectAll()
      .executeTakeFirst()
    if (!row) throw notFound('environment')
    return presented(row)
  }

  /** Of a whole workspace, oldest first. */
  idsIn(db: Kysely<Database>, context: WorkspaceContext) {
    return inWorkspace(db, context).selectFrom('environment').select(['id', 'name', 'version']).orderBy('id').execute()
  }

  /** The same, and none of them changes before the end of the transaction. The workspace is locked: none is made. */
  lockAll(change: Change, context: WorkspaceContext) {
    return inWorkspace(change.trx, context)
      .selectFrom('environment')
      .select(['id', 'name', 'version'])
      .orderBy('id')
      .forUpdate()
      .execute()
  }

  /** Throws `name_taken`. */
  async create(change: Change, context: WorkspaceContext, input: EnvironmentInput): Promise<Environment> {
    await requireFreeName(change, context, input.name)
    const row = await inWorkspace(change.trx, context)
      .insertInto('environment', { id: uuidv7(), ...columnsOf(input), ...change.createdBy })
      .returningAll()
      .executeTakeFirstOrThrow()
    // Changes of who is in the workspace had to be over first.
    await change.author.requireAllowed?.(change.trx)
    const created = presented(row)
    change.affects(row.id)
    await change.record({ ...eventOf(row, 'create'), before: null, after: created })
    return created
  }

  /** Keeps the version when nothing differs. Throws `version_mismatch`, `name_taken`. */
  async update(
    change: Change,
    context: EnvironmentContext,
    version: number,
    patch: EnvironmentPatch,
  ): Promise<Environment> {
    const row = await lockEnvironment(change, context)
    requireVersion(row.version, version)
    const before = presented(row)
    const wanted = patched(before, patch)
    if (isDeepStrictEqual(wanted, before)) return before
    if (patch.name !== undefined) await requireFreeName(change, context, patch.name, row.id)
    const saved = await inWorkspace(change.trx, context)
      .updateTable('environment')
      .set({ ...columnsOf(wanted), ...touchedBy(change.author) })
      .where('id', '=', row.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    const after = presented(saved)
    change.affects(row.id)
    await change.record({ ...eventOf(row, 'update'), before, after })
    return after
  }

  /**
   * Throws `version_mismatch`, `in_use` while anything is in it, unless that is to go with it, and `permission_missing`
   * where the author may not delete all of that.
   */
  async remove(change: Change, context: EnvironmentContext, version: number, cascade: boolean): Promise<void> {
    const row = await lockEnvironment(change, context)
    requireVersion(row.version, version)
    const contents = await contentsOf(change, context)
    const policy = await policyOfAuthor(change)
    if (contents.length > 0 && !cascade)
      throw inUse(policy, 'Something is in it; cascade=true deletes that as well', contents)
    requireDeletable(policy, contents)
    // What names something goes before it.
    await removePools(change, context)
    await removeAllKeys(change, context)
    await removeAllResources(change, context)
    await removeAllConnections(change, context)
    await inWorkspace(change.trx, context).deleteFrom('environment').where('id', '=', row.id).execute()
    change.affects(row.id)
    await change.record({ ...eventOf(row, 'delete'), before: presented(row), after: null })
  }
}

/** Makes changes within one environment wait for each other. Throws `not_found`, and what refuses the author by now. */
export async function lockEnvironment(change: Change, context: EnvironmentContext): Promise<Row> {
  const row = await inWorkspace(change.trx, context)
    .selectFrom('environment')
    .where('id', '=', context.environmentId)
    .selectAll()
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw notFound('environment')
  await change.author.requireAllowed?.(change.trx)
  return row
}

/** What policies call an environment. */
export const environmentResource = ({ workspaceId, environmentId }: EnvironmentContext): string =>
  `workspace:${workspaceId}/environment:${environmentId}`

async function contentsOf(change: Change, context: EnvironmentContext): Promise<Use[]> {
  const as = (kind: string, found: readonly { readonly id: string; readonly name: string }[]) =>
    found.map(({ id, name }) => ({ kind, id, name, resource: `${environmentResource(context)}/${kind}:${id}` }))
  return [
    ...as('ai-connection', await connectionsIn(change.trx, context)),
    ...as('ai-resource', await resourcesIn(change.trx, context)),
    ...as('api-key', await keysIn(change, context)),
  ]
}

const requireFreeName = ({ trx }: Change, context: WorkspaceContext, name: string, except?: string) =>
  requireNameFreeAmong(inWorkspace(trx, context).selectFrom('environment'), {
    kind: 'environment of the workspace',
    name,
    except,
  })

const columnsOf = ({ name, capacity, maxConcurrent }: EnvironmentInput) => ({
  name,
  capacity: JSON.stringify(capacity),
  max_concurrent: maxConcurrent,
})

const presented = (row: Row): Environment => ({
  id: row.id,
  workspaceId: row.workspace_id,
  name: row.name,
  capacity: row.capacity,
  maxConcurrent: row.max_concurrent,
  ...trackedOf(row),
})

const eventOf = ({ id, name, workspace_id }: Row, verb: string) => ({
  action: `environment:${verb}`,
  kind: 'environment',
  id,
  name,
  workspaceId: workspace_id,
  environmentId: id,
})
