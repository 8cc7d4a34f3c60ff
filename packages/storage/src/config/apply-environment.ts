import type { EnvironmentSpec, Then } from '@vm-x/contract'
import type { StoredTarget } from '../db/schema.ts'
import { type EnvironmentContext, inEnvironment } from '../db/scope.ts'
import { applyApiKeys } from './apply-api-keys.ts'
import type { Run } from './apply-config.ts'
import { applyConnections, type Connections } from './apply-connections.ts'
import { applyResources } from './apply-resources.ts'
import { nameKey } from './save.ts'

/** Ids by name, as the document spells it. */
export type EnvironmentIds = EnvironmentContext & {
  readonly connections: Readonly<Record<string, string>>
  readonly resources: Readonly<Record<string, string>>
  readonly apiKeys: Readonly<Record<string, string>>
}

/** Everything below one environment. Names in the document may also mean what is there already. */
export async function applyEnvironment(
  run: Run,
  context: EnvironmentContext,
  spec: EnvironmentSpec,
  path: string,
): Promise<EnvironmentIds> {
  const connections = await applyConnections(run, context, spec.connections, `${path}.connections`)
  const resources = await applyResources(run, context, spec.resources, connections, `${path}.resources`)
  await checkOtherResources(run, context, connections, new Set(spec.resources.map(({ name }) => nameKey(name))))
  const apiKeys = await applyApiKeys(run, context, spec.apiKeys, { connections, resources, list: `${path}.apiKeys` })
  const ids = (specs: readonly { name: string }[], idOf: (key: string) => string | undefined) =>
    Object.fromEntries(
      specs.flatMap(({ name }) => [idOf(nameKey(name))].flatMap((id) => (id === undefined ? [] : [[name, id]]))),
    )
  return {
    ...context,
    connections: ids(spec.connections, (key) => connections.get(key)?.id),
    resources: ids(spec.resources, (key) => resources.get(key)),
    apiKeys: ids(spec.apiKeys, (key) => apiKeys.get(key)),
  }
}

/** Resources that the document leaves out must not lose, unnoticed, a model that they use. */
async function checkOtherResources(
  run: Run,
  context: EnvironmentContext,
  connections: Connections,
  named: ReadonlySet<string>,
): Promise<void> {
  const rows = await inEnvironment(run.trx, context)
    .selectFrom('ai_resource')
    .select(['name', 'model', 'routing', 'secondary_models', 'fallback'])
    .orderBy('name')
    .execute()
  const byId = new Map([...connections.values()].map((connection) => [connection.id, connection]))
  for (const row of rows) {
    if (named.has(nameKey(row.name))) continue
    const targets = [
      row.model,
      ...row.secondary_models,
      ...row.fallback.models,
      ...row.routing.flatMap(({ then }) => targetsOf(then)),
    ]
    for (const { connectionId, model } of targets) {
      const { path, allowedModels } = byId.get(connectionId) ?? {}
      if (path !== undefined && allowedModels && !allowedModels.includes(model))
        run.problems.push(`${path}.allowedModels: lacks "${model}", which the resource "${row.name}" uses`)
    }
  }
}

function targetsOf(then: Then<StoredTarget>): StoredTarget[] {
  if ('target' in then) return [then.target]
  if ('targets' in then) return then.targets
  return 'split' in then ? then.split.map(({ target }) => target) : []
}
