import { type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import type { Change } from '../change/changes.ts'
import { touchedBy } from '../change/tracked-row.ts'
import { poolsEvent, presentedPools } from './present-pools.ts'

/** Takes the resource from the pool that has it: the definition has a next version, and an event. The pool stays. */
export async function forgetResource(change: Change, context: EnvironmentContext, resourceId: string): Promise<void> {
  const scope = inEnvironment(change.trx, context)
  const row = await scope.selectFrom('pool_definition').selectAll().executeTakeFirst()
  if (!row?.pools.some(({ resources }) => resources.includes(resourceId))) return
  const pools = row.pools.map((pool) => ({ ...pool, resources: pool.resources.filter((id) => id !== resourceId) }))
  const saved = await scope
    .updateTable('pool_definition')
    .set({ pools: JSON.stringify(pools), ...touchedBy(change.author) })
    .returningAll()
    .executeTakeFirstOrThrow()
  change.affects(context.environmentId)
  await change.record({ ...poolsEvent(context, 'update'), before: presentedPools(row), after: presentedPools(saved) })
}
