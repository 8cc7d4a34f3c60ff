import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import type { EnvironmentContext } from '../db/scope.ts'
import { ConfigRejected } from './config-rejected.ts'

/** Operator-level. Throws {@link ConfigRejected} unless exactly one environment fits. */
export async function findEnvironment(
  db: Kysely<Database>,
  { workspace, environment }: { readonly workspace?: string; readonly environment?: string },
): Promise<EnvironmentContext> {
  const all = await db
    .selectFrom('environment as e')
    .innerJoin('workspace as w', 'w.id', 'e.workspace_id')
    .select(['e.id as environmentId', 'w.id as workspaceId', 'e.name as environment', 'w.name as workspace'])
    .orderBy('w.name')
    .orderBy('e.name')
    .execute()
  const matches = (wanted: string | undefined, name: string) =>
    wanted === undefined || wanted.toLowerCase() === name.toLowerCase()
  const [found, ...others] = all.filter(
    (row) => matches(workspace, row.workspace) && matches(environment, row.environment),
  )
  if (found && others.length === 0) return { workspaceId: found.workspaceId, environmentId: found.environmentId }
  const names = (found ? [found, ...others] : all).map((row) => `${row.workspace}/${row.environment}`).join(', ')
  throw new ConfigRejected([
    `${found ? 'several environments fit, say which one' : 'no environment fits; there are'}: ${names || 'none'}`,
  ])
}
