import { type Database, type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import type { Kysely } from 'kysely'

/** The AI resources of the environment, disabled ones included, oldest first. */
export function resourcesIn(
  db: Kysely<Database>,
  context: EnvironmentContext,
): Promise<{ readonly id: string; readonly name: string }[]> {
  return inEnvironment(db, context).selectFrom('ai_resource').select(['id', 'name']).orderBy('id').execute()
}
