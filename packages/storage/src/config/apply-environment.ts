import type { ConnectionSpec, EnvironmentSpec, ResourceSpec, TargetRef } from '@vm-x/contract'
import { VaultError } from '@vm-x/gateway'
import type { Selectable } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { AiConnectionTable, StoredTarget } from '../db/schema.ts'
import { type EnvironmentContext, inEnvironment } from '../db/scope.ts'
import { applyApiKeys } from './apply-api-keys.ts'
import type { Run } from './apply-config.ts'
import { nameKey, save, uniqueNames } from './save.ts'

/** Ids by name, as the document spells it. */
export type EnvironmentIds = EnvironmentContext & {
  readonly connections: Readonly<Record<string, string>>
  readonly resources: Readonly<Record<string, string>>
  readonly apiKeys: Readonly<Record<string, string>>
}

export type Connections = Map<string, { id: string; allowedModels: readonly string[] | null }>
/** By {@link nameKey}. */
export type Ids = Map<string, string>

/** Everything below one environment. Names in the document may also mean what is there already. */
export async function applyEnvironment(
  run: Run,
  context: EnvironmentContext,
  spec: EnvironmentSpec,
  path: string,
): Promise<EnvironmentIds> {
  const connections = await applyConnections(run, context, spec.connections, `${path}.connections`)
  const resources = await applyResources(run, context, spec.resources, connections, `${path}.resources`)
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

async function applyConnections(
  run: Run,
  context: EnvironmentContext,
  specs: readonly ConnectionSpec[],
  list: string,
): Promise<Connections> {
  const scope = inEnvironment(run.trx, context)
  const rows = new Map(
    (await scope.selectFrom('ai_connection').selectAll().execute()).map((row) => [nameKey(row.name), row]),
  )
  const connections: Connections = new Map(
    [...rows].map(([key, { id, allowed_models }]) => [key, { id, allowedModels: allowed_models }]),
  )
  for (const { spec } of uniqueNames(run, list, specs)) {
    const row = rows.get(nameKey(spec.name))
    const id = row?.id ?? uuidv7()
    const wanted = {
      name: spec.name,
      provider: spec.provider,
      base_url: spec.baseUrl ?? null,
      sealed_api_key: await sealedApiKey(run, { ...context, connectionId: id }, spec, row),
      allowed_models: spec.allowedModels ?? null,
      enabled: spec.enabled,
    }
    await save(run, 'connections', row, wanted, {
      create: (by) => scope.insertInto('ai_connection', { id, ...wanted, origin: run.origin, ...by }),
      update: (by) =>
        scope
          .updateTable('ai_connection')
          .set({ ...wanted, ...by })
          .where('id', '=', id),
    })
    connections.set(nameKey(spec.name), { id, allowedModels: wanted.allowed_models })
  }
  return connections
}

async function sealedApiKey(
  { vault }: Run,
  context: EnvironmentContext & { connectionId: string },
  spec: ConnectionSpec,
  row: Selectable<AiConnectionTable> | undefined,
): Promise<string | null> {
  const held = row?.sealed_api_key ?? null
  if (spec.apiKey === undefined) {
    // A credential never follows to another place than the one it was given for.
    return row?.provider === spec.provider && row.base_url === (spec.baseUrl ?? null) ? held : null
  }
  if (held !== null) {
    const opened = await vault.open(held, context).catch((error: unknown) => {
      if (error instanceof VaultError) return undefined
      throw error
    })
    if (opened === spec.apiKey) return held
  }
  return await vault.seal(spec.apiKey, context)
}

async function applyResources(
  run: Run,
  context: EnvironmentContext,
  specs: readonly ResourceSpec[],
  connections: Connections,
  list: string,
): Promise<Ids> {
  const scope = inEnvironment(run.trx, context)
  const rows = new Map(
    (await scope.selectFrom('ai_resource').selectAll().execute()).map((row) => [nameKey(row.name), row]),
  )
  const resources: Ids = new Map([...rows].map(([key, { id }]) => [key, id]))
  for (const { spec, path } of uniqueNames(run, list, specs)) {
    const row = rows.get(nameKey(spec.name))
    const id = row?.id ?? uuidv7()
    resources.set(nameKey(spec.name), id)
    const model = findTarget(run, connections, spec.model, `${path}.model`)
    const models = (spec.fallback?.models ?? []).map((ref, index) =>
      findTarget(run, connections, ref, `${path}.fallback.models[${index}]`),
    )
    if (!model || !models.every((target) => target !== undefined)) continue
    const wanted = {
      name: spec.name,
      description: spec.description,
      model,
      fallback: { enabled: spec.fallback?.enabled ?? false, models },
      enabled: spec.enabled,
    }
    const columns = { ...wanted, model: JSON.stringify(wanted.model), fallback: JSON.stringify(wanted.fallback) }
    await save(run, 'resources', row, wanted, {
      create: (by) => scope.insertInto('ai_resource', { id, ...columns, origin: run.origin, ...by }),
      update: (by) =>
        scope
          .updateTable('ai_resource')
          .set({ ...columns, ...by })
          .where('id', '=', id),
    })
  }
  return resources
}

/** Undefined, and a problem noted, when the connection is unknown or does not allow the model. */
function findTarget(run: Run, connections: Connections, ref: TargetRef, path: string): StoredTarget | undefined {
  const connection = connections.get(nameKey(ref.connection))
  if (!connection) {
    run.problems.push(`${path}.connection: the environment has no connection "${ref.connection}"`)
    return undefined
  }
  if (connection.allowedModels && !connection.allowedModels.includes(ref.model)) {
    run.problems.push(`${path}.model: the connection "${ref.connection}" does not allow "${ref.model}"`)
    return undefined
  }
  return { connectionId: connection.id, model: ref.model }
}
