import type { ConnectionSpec, Limits } from '@vm-x/contract'
import { type ModelEntry, VaultError } from '@vm-x/gateway'
import type { Selectable } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { AiConnectionTable } from '../db/schema.ts'
import { type EnvironmentContext, inEnvironment } from '../db/scope.ts'
import type { Run } from './apply-config.ts'
import { below } from './place.ts'
import { limitColumns, nameKey, save, uniqueNames } from './save.ts'

export type AppliedConnection = {
  readonly id: string
  readonly name: string
  readonly allowedModels: readonly string[] | null
  /** Its place in the document; undefined when it was there before and the document leaves it out. */
  readonly path: string | undefined
}

/** By {@link nameKey}. */
export type Connections = Map<string, AppliedConnection>

/** The connections of the document, and those that were there before. */
export async function applyConnections(
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
    [...rows].map(([key, { id, name, allowed_models }]) => [
      key,
      { id, name, allowedModels: allowed_models, path: undefined },
    ]),
  )
  for (const { spec, path } of uniqueNames(run, list, specs)) {
    run.problems.push(...problemsOf(run, spec, path))
    const row = rows.get(nameKey(spec.name))
    const id = row?.id ?? uuidv7()
    const wanted = {
      name: spec.name,
      provider: spec.provider,
      base_url: spec.baseUrl ?? null,
      sealed_api_key: await sealedApiKey(run, { ...context, connectionId: id }, spec, row),
      allowed_models: spec.allowedModels ?? null,
      models: Object.fromEntries(Object.entries(spec.models).map(([model, about]) => [model, modelEntry(about)])),
      timeouts: spec.timeouts ?? {},
      ...limitColumns(spec),
      enabled: spec.enabled,
    }
    const columns = {
      ...wanted,
      models: JSON.stringify(wanted.models),
      timeouts: JSON.stringify(wanted.timeouts),
      capacity: JSON.stringify(wanted.capacity),
    }
    await save(run, 'connections', row, wanted, {
      create: (by) => scope.insertInto('ai_connection', { id, ...columns, origin: run.origin, ...by }),
      update: (by) =>
        scope
          .updateTable('ai_connection')
          .set({ ...columns, ...by })
          .where('id', '=', id),
    })
    connections.set(nameKey(spec.name), { id, name: spec.name, allowedModels: wanted.allowed_models, path })
  }
  return connections
}

function problemsOf({ providers }: Run, spec: ConnectionSpec, path: string): string[] {
  const problems: string[] = []
  const provider = providers.get(spec.provider)
  if (!provider)
    problems.push(
      `${path}.provider: there is no provider "${spec.provider}"; there are ${[...providers.keys()].join(', ')}`,
    )
  if (provider?.needsBaseUrl && spec.baseUrl === undefined)
    problems.push(`${path}.baseUrl: is missing: the provider "${spec.provider}" has no address of its own`)
  const url = spec.baseUrl === undefined ? null : URL.parse(spec.baseUrl)
  // The address is never repeated: what does not belong in it may be secret.
  if (url && (url.username || url.password))
    problems.push(`${path}.baseUrl: must not hold a user or password: a credential belongs in apiKey`)
  if (url && /[?#]/.test(url.href)) problems.push(`${path}.baseUrl: must not have a query or fragment`)
  if (spec.apiKey !== undefined && !SENDABLE.test(spec.apiKey))
    problems.push(
      `${path}.apiKey: must be of printable ASCII characters, without line ends and without spaces around it`,
    )
  for (const model of Object.keys(spec.models)) {
    if (spec.allowedModels && !spec.allowedModels.includes(model))
      problems.push(`${below(`${path}.models`, [model])}: is not one of the connection's allowedModels`)
  }
  return problems
}

/** What can stand in a header. */
const SENDABLE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

const modelEntry = (
  about: Limits & { contextTokens?: number | undefined; maxOutputTokens?: number | undefined },
): ModelEntry => ({
  contextTokens: about.contextTokens ?? null,
  maxOutputTokens: about.maxOutputTokens ?? null,
  limits: { capacity: about.capacity, maxConcurrent: about.maxConcurrent ?? null },
})

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
