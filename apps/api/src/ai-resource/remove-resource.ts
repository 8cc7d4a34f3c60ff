import { type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import { forgetResource as forgetInApiKeys } from '../api-key/forget-resource.ts'
import type { Change } from '../change/changes.ts'
import { notFound } from '../http/problem.ts'
import { forgetResource as forgetInPools } from '../prioritization/forget-resource.ts'
import { presentedResource, type ResourceRow, resourceEvent } from './resource-row.ts'

/**
 * Deletes a resource at whatever version it is, and takes it from the API keys and the pool that name it. The environment
 * is locked by who calls. Throws `not_found`.
 */
export async function removeResource(change: Change, context: EnvironmentContext, id: string): Promise<void> {
  const row = await resourceRow(change, context, id)
  await forgetInApiKeys(change, context, id)
  await forgetInPools(change, context, id)
  await inEnvironment(change.trx, context).deleteFrom('ai_resource').where('id', '=', id).execute()
  await recordRemoval(change, row)
}

/**
 * Deletes every resource of the environment, each with an event; the API keys and the pools that name them have to go
 * first. The environment is locked by who calls.
 */
export async function removeAllResources(change: Change, context: EnvironmentContext): Promise<void> {
  const scope = inEnvironment(change.trx, context)
  const rows = await scope.selectFrom('ai_resource').selectAll().orderBy('id').execute()
  await scope.deleteFrom('ai_resource').execute()
  for (const row of rows) await recordRemoval(change, row)
}

/** The resource as the change sees it. Throws `not_found`. */
export async function resourceRow(change: Change, context: EnvironmentContext, id: string): Promise<ResourceRow> {
  const row = await inEnvironment(change.trx, context)
    .selectFrom('ai_resource')
    .where('id', '=', id)
    .selectAll()
    .executeTakeFirst()
  if (!row) throw notFound('AI resource')
  return row
}

async function recordRemoval(change: Change, row: ResourceRow): Promise<void> {
  change.affects(row.environment_id)
  await change.record({ ...resourceEvent(row, 'delete'), before: presentedResource(row), after: null })
}
