import type { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Database, Origin } from '../db/schema.ts'
import { type EnvironmentContext, inEnvironment } from '../db/scope.ts'
import { ConfigRejected } from './config-rejected.ts'
import { nameKey } from './save.ts'

export type NewApiKey = {
  /** Names; may be left out where only one environment fits. */
  readonly workspace?: string
  readonly environment?: string
  readonly name: string
  /** `all`, or names of resources. */
  readonly resources: 'all' | readonly string[]
  /** Names of connections. */
  readonly connections: readonly string[]
  readonly labels: readonly string[]
  readonly expiresAt: Date | null
  readonly publicId: string
  /** Hex SHA-256 of the whole key. */
  readonly hash: string
  readonly actor: string
  readonly origin: Origin
}

/** Throws {@link ConfigRejected} with all that is wrong with the names. */
export async function createApiKey(db: Kysely<Database>, key: NewApiKey): Promise<EnvironmentContext & { id: string }> {
  return await db.transaction().execute(async (trx) => {
    const context = await findEnvironment(trx, key)
    const scope = inEnvironment(trx, context)
    const problems: string[] = []
    const idsOf = (kind: string, names: readonly string[], rows: readonly { id: string; name: string }[]) =>
      names.flatMap((name) => {
        const row = rows.find((row) => nameKey(row.name) === nameKey(name))
        if (!row) problems.push(`the environment has no ${kind} "${name}"`)
        return row ? [row.id] : []
      })
    const resources = await scope.selectFrom('ai_resource').select(['id', 'name']).execute()
    const connections = await scope.selectFrom('ai_connection').select(['id', 'name']).execute()
    const names = await scope.selectFrom('api_key').select('name').execute()
    if (names.some(({ name }) => nameKey(name) === nameKey(key.name)))
      problems.push(`the environment already has an API key "${key.name}"`)
    const id = uuidv7()
    const row = {
      id,
      name: key.name,
      public_id: key.publicId,
      hash: key.hash,
      resources: JSON.stringify(key.resources === 'all' ? 'all' : idsOf('resource', key.resources, resources)),
      connections: idsOf('connection', key.connections, connections),
      labels: [...key.labels],
      expires_at: key.expiresAt,
      enabled: true,
      origin: key.origin,
      created_by: key.actor,
      updated_by: key.actor,
    }
    if (problems.length > 0) throw new ConfigRejected(problems)
    await scope.insertInto('api_key', row).execute()
    return { ...context, id }
  })
}

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
    wanted === undefined || nameKey(wanted) === nameKey(name)
  const [found, ...others] = all.filter(
    (row) => matches(workspace, row.workspace) && matches(environment, row.environment),
  )
  if (found && others.length === 0) return { workspaceId: found.workspaceId, environmentId: found.environmentId }
  const names = (found ? [found, ...others] : all).map((row) => `${row.workspace}/${row.environment}`).join(', ')
  throw new ConfigRejected([
    `${found ? 'several environments fit, say which one' : 'no environment fits; there are'}: ${names || 'none'}`,
  ])
}
