import { type Database, type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import type { Kysely } from 'kysely'

/** An AI connection, as far as those who name it must know it. */
export type NamedConnection = {
  readonly id: string
  readonly name: string
  /** Null: every model. */
  readonly allowedModels: readonly string[] | null
}

/** The AI connections of the environment, disabled ones included, oldest first. */
export function connectionsIn(db: Kysely<Database>, context: EnvironmentContext): Promise<NamedConnection[]> {
  return inEnvironment(db, context)
    .selectFrom('ai_connection')
    .select(['id', 'name', 'allowed_models as allowedModels'])
    .orderBy('id')
    .execute()
}
