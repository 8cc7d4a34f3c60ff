import { type Database, type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import { type Kysely, type SqlBool, sql } from 'kysely'

/** API keys of the environment that limits sit on, oldest first, up to `most`. */
export async function limitedKeys(db: Kysely<Database>, context: EnvironmentContext, most: number) {
  const rows = await inEnvironment(db, context)
    .selectFrom('api_key')
    .where(sql<SqlBool>`(capacity <> '[]'::jsonb or max_concurrent is not null)`)
    .select(['id', 'name', 'capacity', 'max_concurrent'])
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map(({ id, name, capacity, max_concurrent: maxConcurrent }) => ({
    id,
    name,
    limits: { capacity, maxConcurrent },
  }))
}
