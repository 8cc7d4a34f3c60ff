import type { EnvironmentSpec } from '@vm-x/contract'
import { type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import { applyApiKeys } from './apply-api-keys.ts'
import { applyConnections, restrictModels } from './apply-connections.ts'
import { applyResources } from './apply-resources.ts'
import { nameKey, type Run } from './run.ts'

/** What names of the document mean in one environment: what it makes, and what is there already. */
export class Names {
  readonly #byName = new Map<string, { readonly id: string; readonly version: number }>()
  /** What the document names and could not be saved: that is told already. */
  readonly #failed = new Set<string>()

  constructor(rows: readonly { readonly id: string; readonly name: string; readonly version: number }[]) {
    for (const row of rows) this.#byName.set(nameKey(row.name), row)
  }

  get(name: string): { readonly id: string; readonly version: number } | undefined {
    return this.#byName.get(nameKey(name))
  }

  put(name: string, saved: { readonly id: string; readonly version: number } | undefined): void {
    if (saved) this.#byName.set(nameKey(name), saved)
    else this.#failed.add(nameKey(name))
  }

  /** Whether something else than the name is wrong. */
  failed(name: string): boolean {
    return this.#failed.has(nameKey(name))
  }
}

export type EnvironmentNames = { readonly connections: Names; readonly resources: Names; readonly apiKeys: Names }

/** Everything below one environment, in the order in which it refers to each other. */
export async function applyEnvironment(
  run: Run,
  context: EnvironmentContext,
  spec: EnvironmentSpec,
  path: string,
): Promise<void> {
  const namesIn = async (table: 'ai_connection' | 'ai_resource' | 'api_key') =>
    new Names(
      await inEnvironment(run.change.trx, context).selectFrom(table).select(['id', 'name', 'version']).execute(),
    )
  const names: EnvironmentNames = {
    connections: await namesIn('ai_connection'),
    resources: await namesIn('ai_resource'),
    apiKeys: await namesIn('api_key'),
  }
  const narrowed = await applyConnections(run, context, spec, { names, list: `${path}.connections` })
  await applyResources(run, context, spec, { names, list: `${path}.resources` })
  await restrictModels(run, context, narrowed)
  await applyApiKeys(run, context, spec, { names, list: `${path}.apiKeys` })
}
