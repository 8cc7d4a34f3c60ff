import type { ApiKeyInput, ApiKeySpec, EnvironmentSpec } from '@vm-x/contract'
import type { EnvironmentContext } from '@vm-x/storage'
import type { EnvironmentNames, Names } from './apply-environment.ts'
import { type Run, save, uniqueNames } from './run.ts'

/** API keys of the document, with the secrets that it gives them. */
export async function applyApiKeys(
  run: Run,
  context: EnvironmentContext,
  { apiKeys: specs }: EnvironmentSpec,
  { names, list }: { readonly names: EnvironmentNames; readonly list: string },
): Promise<void> {
  const { change, apiKeys, origin } = run
  for (const { spec, path } of uniqueNames(run, list, specs)) {
    const stored = run.parseApiKey(spec.value)
    if (!stored) run.problems.push(`${path}.value: is not an API key of this product, or was mistyped`)
    const granted = grantsOf(run, spec, names, path)
    if (!stored || !granted) continue
    const wanted = { ...settingsOf(spec), ...granted }
    const saved = await save(run, names.apiKeys.get(spec.name), {
      kind: 'apiKeys',
      path,
      create: () => apiKeys.create(change, context, wanted, { origin, stored }),
      update: async ({ id, version }) => {
        await apiKeys.update(change, context, id, version, wanted)
        return apiKeys.setSecret(change, context, id, stored)
      },
    })
    names.apiKeys.put(spec.name, saved)
  }
}

const settingsOf = (spec: ApiKeySpec): Omit<ApiKeyInput, 'resources' | 'connections'> => ({
  name: spec.name,
  description: spec.description,
  enabled: spec.enabled,
  labels: spec.labels,
  capacity: spec.capacity,
  maxConcurrent: spec.maxConcurrent ?? null,
  allowedCidrs: spec.allowedCidrs ?? null,
  expiresAt: spec.expiresAt ?? null,
})

/** Undefined, and the problems noted, when a name means nothing. */
function grantsOf(
  run: Run,
  { resources, connections }: ApiKeySpec,
  names: EnvironmentNames,
  path: string,
): Pick<ApiKeyInput, 'resources' | 'connections'> | undefined {
  const resourceIds =
    resources === 'all' ? ('all' as const) : idsOf(run, resources, { kind: 'resource', among: names.resources, path })
  const connectionIds = idsOf(run, connections, { kind: 'connection', among: names.connections, path })
  return resourceIds && connectionIds && { resources: resourceIds, connections: connectionIds }
}

type Meaning = { readonly kind: 'resource' | 'connection'; readonly among: Names; readonly path: string }

function idsOf(run: Run, names: readonly string[], { kind, among, path }: Meaning): string[] | undefined {
  const ids = names.map((name, index) => {
    const id = among.get(name)?.id
    if (id === undefined && !among.failed(name))
      run.problems.push(`${path}.${kind}s[${index}]: the environment has no ${kind} "${name}"`)
    return id
  })
  return ids.every((id) => id !== undefined) ? [...new Set(ids)] : undefined
}
