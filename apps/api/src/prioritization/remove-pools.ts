import { type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import type { Change } from '../change/changes.ts'
import { poolsEvent, presentedPools } from './present-pools.ts'

/** Deletes the pools of the environment, with an event if there was a definition. The environment is locked by who calls. */
export async function removePools(change: Change, context: EnvironmentContext): Promise<void> {
  const row = await inEnvironment(change.trx, context).deleteFrom('pool_definition').returningAll().executeTakeFirst()
  if (!row) return
  change.affects(context.environmentId)
  await change.record({ ...poolsEvent(context, 'delete'), before: presentedPools(row), after: null })
}
