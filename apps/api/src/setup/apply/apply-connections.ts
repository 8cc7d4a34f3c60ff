import { isDeepStrictEqual } from 'node:util'
import type { AiConnectionInput, AiConnectionPatch, ConnectionSpec, EnvironmentSpec, ModelSpec } from '@vm-x/contract'
import { type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import type { FieldError } from '../../http/problem.ts'
import type { EnvironmentNames } from './apply-environment.ts'
import { type Run, save, uniqueNames } from './run.ts'

type Place = { readonly names: EnvironmentNames; readonly list: string }

/** A connection whose list of models is to lose some once the resources of the document are saved. */
export type Narrowed = { readonly path: string; readonly id: string; readonly allowedModels: readonly string[] }

/** Answers the connections whose resources may still use models that the document takes away. */
export async function applyConnections(
  run: Run,
  context: EnvironmentContext,
  { connections: specs }: EnvironmentSpec,
  { names, list }: Place,
): Promise<Narrowed[]> {
  const { change, connections, origin } = run
  const narrowed: Narrowed[] = []
  for (const { spec, path } of uniqueNames(run, list, specs)) {
    const before = await heldBy(run, context, names.connections.get(spec.name)?.id)
    const wanted = settingsOf(spec)
    const widened = union(wanted.allowedModels, before?.allowed_models)
    const saved = await save(run, names.connections.get(spec.name), {
      kind: 'connections',
      path,
      create: () =>
        connections.create(change, context, { ...wanted, credentials: credentialsOf(spec) ?? null }, origin),
      update: ({ id, version }) =>
        connections.update(change, context, id, version, {
          ...wanted,
          allowedModels: widened,
          ...kept(credentialsOf(spec, before)),
        }),
      told,
    })
    names.connections.put(spec.name, saved)
    if (saved && wanted.allowedModels && !isDeepStrictEqual(widened, wanted.allowedModels))
      narrowed.push({ path, id: saved.id, allowedModels: wanted.allowedModels })
  }
  return narrowed
}

/** Takes away the models that the document leaves out, now that its resources do not use them any more. */
export async function restrictModels(
  run: Run,
  context: EnvironmentContext,
  narrowed: readonly Narrowed[],
): Promise<void> {
  for (const { path, id, allowedModels } of narrowed) {
    const before = await heldBy(run, context, id)
    if (!before) continue
    await save(
      run,
      { id, version: before.version },
      {
        kind: 'connections',
        path: `${path}.allowedModels`,
        create: () => Promise.reject(new Error('It is there already')),
        update: ({ version }) =>
          run.connections.update(run.change, context, id, version, { allowedModels: [...allowedModels] }),
      },
    )
  }
}

type Held = {
  readonly version: number
  readonly provider: string
  readonly base_url: string | null
  readonly allowed_models: string[] | null
}

async function heldBy(run: Run, context: EnvironmentContext, id: string | undefined): Promise<Held | undefined> {
  if (id === undefined) return undefined
  return inEnvironment(run.change.trx, context)
    .selectFrom('ai_connection')
    .where('id', '=', id)
    .select(['version', 'provider', 'base_url', 'allowed_models'])
    .executeTakeFirst()
}

/** In the order of the document where it takes nothing away. */
function union(wanted: string[] | null, before: readonly string[] | null | undefined): string[] | null {
  if (before === undefined || wanted === null) return wanted
  if (before === null) return null
  return before.every((model) => wanted.includes(model)) ? wanted : [...new Set([...before, ...wanted])]
}

const settingsOf = (spec: ConnectionSpec): Omit<AiConnectionInput, 'credentials'> => ({
  name: spec.name,
  provider: spec.provider,
  config: spec.baseUrl === undefined ? {} : { baseUrl: spec.baseUrl },
  allowedModels: spec.allowedModels ?? null,
  models: Object.fromEntries(Object.entries(spec.models).map(([model, about]) => [model, modelOf(about)])),
  timeouts: spec.timeouts ?? {},
  capacity: spec.capacity,
  maxConcurrent: spec.maxConcurrent ?? null,
  discoveredCapacity: spec.discoveredCapacity,
  enabled: spec.enabled,
})

const modelOf = (about: ModelSpec) => ({
  contextTokens: about.contextTokens ?? null,
  maxOutputTokens: about.maxOutputTokens ?? null,
  capacity: about.capacity,
  maxConcurrent: about.maxConcurrent ?? null,
})

/** Undefined: what is held stays. A credential never follows to another place than the one it was given for. */
function credentialsOf({ apiKey, provider, baseUrl }: ConnectionSpec, before?: Held): AiConnectionPatch['credentials'] {
  if (apiKey !== undefined) return { apiKey }
  return before && (before.provider !== provider || before.base_url !== (baseUrl ?? null)) ? null : undefined
}

const kept = (credentials: AiConnectionPatch['credentials']) => (credentials === undefined ? {} : { credentials })

/** What the document calls it. */
const told = ({ path, message }: FieldError): FieldError => ({ path: FIELDS[path] ?? path, message })

const FIELDS: Readonly<Record<string, string>> = {
  config: 'baseUrl',
  'config.baseUrl': 'baseUrl',
  credentials: 'apiKey',
  'credentials.apiKey': 'apiKey',
}
