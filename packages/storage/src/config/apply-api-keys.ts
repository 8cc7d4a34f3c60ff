import type { ApiKeySpec } from '@vm-x/contract'
import { v7 as uuidv7 } from 'uuid'
import { type EnvironmentContext, inEnvironment } from '../db/scope.ts'
import type { Run } from './apply-config.ts'
import type { Connections } from './apply-connections.ts'
import type { Ids } from './apply-resources.ts'
import { limitColumns, nameKey, save, uniqueNames } from './save.ts'

/** What a key's names may mean, and where the document lists the keys. */
type Surroundings = { readonly connections: Connections; readonly resources: Ids; readonly list: string }

/** API keys of one environment. Answers their ids by {@link nameKey}. */
export async function applyApiKeys(
  run: Run,
  context: EnvironmentContext,
  specs: readonly ApiKeySpec[],
  around: Surroundings,
): Promise<Ids> {
  const scope = inEnvironment(run.trx, context)
  const rows = new Map((await scope.selectFrom('api_key').selectAll().execute()).map((row) => [nameKey(row.name), row]))
  const ids: Ids = new Map()
  for (const { spec, path } of uniqueNames(run, around.list, specs)) {
    const row = rows.get(nameKey(spec.name))
    const id = row?.id ?? uuidv7()
    const stored = await storedApiKey(run, id, spec.value, `${path}.value`)
    const granted = grantedIds(run, spec, around, path)
    if (!stored || !granted) continue
    const wanted = {
      name: spec.name,
      public_id: stored.publicId,
      hash: stored.hash,
      ...granted,
      labels: spec.labels,
      expires_at: spec.expiresAt === undefined ? null : new Date(spec.expiresAt),
      ...limitColumns(spec),
      enabled: spec.enabled,
    }
    const columns = {
      ...wanted,
      resources: JSON.stringify(wanted.resources),
      capacity: JSON.stringify(wanted.capacity),
    }
    await save(run, 'apiKeys', row, wanted, {
      create: (by) => scope.insertInto('api_key', { id, ...columns, origin: run.origin, ...by }),
      update: (by) =>
        scope
          .updateTable('api_key')
          .set({ ...columns, ...by })
          .where('id', '=', id),
    })
    ids.set(nameKey(spec.name), id)
  }
  return ids
}

/** Undefined, and a problem noted, when the text is no key or is in use, in whatever environment. */
async function storedApiKey(run: Run, id: string, value: string, path: string) {
  const stored = run.parseApiKey(value)
  if (!stored) {
    run.problems.push(`${path}: is not an API key of this product, or was mistyped`)
    return undefined
  }
  const other = await run.trx
    .selectFrom('api_key')
    .select('id')
    .where((eb) => eb.or([eb('hash', '=', stored.hash), eb('public_id', '=', stored.publicId)]))
    .where('id', '!=', id)
    .executeTakeFirst()
  if (other) run.problems.push(`${path}: is in use as another API key`)
  return other ? undefined : stored
}

function grantedIds(run: Run, spec: ApiKeySpec, { connections, resources }: Surroundings, path: string) {
  const missing = (kind: string, name: string, place: string) => {
    run.problems.push(`${path}.${place}: the environment has no ${kind} "${name}"`)
    return undefined
  }
  const resourceIds =
    spec.resources === 'all'
      ? ('all' as const)
      : allOf(
          spec.resources,
          (name, index) => resources.get(nameKey(name)) ?? missing('resource', name, `resources[${index}]`),
        )
  const connectionIds = allOf(
    spec.connections,
    (name, index) => connections.get(nameKey(name))?.id ?? missing('connection', name, `connections[${index}]`),
  )
  return resourceIds && connectionIds && { resources: resourceIds, connections: connectionIds }
}

function allOf(
  names: readonly string[],
  idOf: (name: string, index: number) => string | undefined,
): string[] | undefined {
  const ids = names.map(idOf)
  return ids.every((id) => id !== undefined) ? ids : undefined
}
