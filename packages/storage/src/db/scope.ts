import {
  type DeleteQueryBuilder,
  type DeleteResult,
  type Insertable,
  type InsertObject,
  type Kysely,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
  type UpdateQueryBuilder,
  type UpdateResult,
} from 'kysely'
import type { Database } from './schema.ts'

/** Tables below an environment. */
export type EnvironmentScoped = 'ai_connection' | 'ai_resource' | 'ai_resource_revision' | 'api_key' | 'pool_definition'
/** Tables below a workspace. */
export type WorkspaceScoped = 'environment' | 'workspace_member' | EnvironmentScoped

export type WorkspaceContext = { readonly workspaceId: string }
export type EnvironmentContext = WorkspaceContext & { readonly environmentId: string }

/** Queries that see and change one workspace's rows alone. */
export const inWorkspace = (db: Kysely<Database>, { workspaceId }: WorkspaceContext) =>
  scoped<WorkspaceScoped, 'workspace_id'>(db, { workspace_id: workspaceId })

/** Queries that see and change one environment's rows alone. */
export const inEnvironment = (db: Kysely<Database>, { workspaceId, environmentId }: EnvironmentContext) =>
  scoped<EnvironmentScoped, 'workspace_id' | 'environment_id'>(db, {
    workspace_id: workspaceId,
    environment_id: environmentId,
  })

/** The only way to tenant tables. Inserted rows get the scope's ids: a caller can't name others. */
function scoped<Table extends WorkspaceScoped, Id extends 'workspace_id' | 'environment_id'>(
  db: Kysely<Database>,
  ids: Record<Id, string>,
) {
  const here = (table: Table) => {
    const columns = Object.entries<string>(ids).map(([column, id]) => sql`${sql.ref(`${table}.${column}`)} = ${id}`)
    return sql<SqlBool>`(${sql.join(columns, sql` and `)})`
  }
  // For one table Kysely's builders are of these types; it can't resolve them while the table is open.
  return {
    selectFrom: <T extends Table>(table: T) =>
      (db.selectFrom(table) as unknown as SelectQueryBuilder<Database, T, Record<never, never>>).where(here(table)),
    updateTable: <T extends Table>(table: T) =>
      (db.updateTable(table) as unknown as UpdateQueryBuilder<Database, T, T, UpdateResult>).where(here(table)),
    deleteFrom: <T extends Table>(table: T) =>
      (db.deleteFrom(table) as unknown as DeleteQueryBuilder<Database, T, DeleteResult>).where(here(table)),
    insertInto: <T extends Table>(table: T, row: Omit<Insertable<Database[T]>, Id>) =>
      db.insertInto(table).values({ ...row, ...ids } as unknown as InsertObject<Database, T>),
  }
}
