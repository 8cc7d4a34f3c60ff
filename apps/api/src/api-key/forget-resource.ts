import { type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import { type SqlBool, sql } from 'kysely'
import type { Change } from '../change/changes.ts'
import { saveKey } from './save-key.ts'

/**
 * Takes the resource from the list of every API key of the environment that names it: each has a next version and an
 * event. What is left may be none; a key that may call `all` stays as it is.
 */
export async function forgetResource(change: Change, context: EnvironmentContext, resourceId: string): Promise<void> {
  const rows = await inEnvironment(change.trx, context)
    .selectFrom('api_key')
    .where(sql<SqlBool>`resources @> ${JSON.stringify([resourceId])}::jsonb`)
    .selectAll()
    .orderBy('id')
    .execute()
  for (const row of rows) {
    if (row.resources === 'all') continue
    await saveKey(change, context, row, {
      resources: JSON.stringify(row.resources.filter((id) => id !== resourceId)),
    })
  }
}
