import { generateApiKey } from '../api-key/api-key.ts'
import type {
  ApiKeyEntry,
  Catalog,
  ConnectionEntry,
  EnvironmentEntry,
  LimitsEntry,
  ResourceEntry,
} from '../catalog/catalog.ts'

/** A catalog in memory that counts what it is asked, can be away, and can be made to wait with its answers. */
export class CatalogDouble implements Catalog {
  readonly keys = new Map<string, ApiKeyEntry>()
  readonly environments = new Map<string, EnvironmentEntry>()
  readonly asked: string[] = []
  away = false
  #held: Promise<void> | undefined

  async apiKey(hash: string): Promise<ApiKeyEntry | undefined> {
    return this.#answer(hash, this.keys.get(hash))
  }

  async apiKeys(hashes: readonly string[]): Promise<ReadonlyMap<string, ApiKeyEntry>> {
    const found = new Map([...this.keys].filter(([hash]) => hashes.includes(hash)))
    return this.#answer(hashes.join(), found)
  }

  async environment(id: string): Promise<EnvironmentEntry | undefined> {
    return this.#answer(id, this.environments.get(id))
  }

  /** Answers from now on, read before they wait, come only once the function it returns was called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held = promise
    return () => {
      this.#held = undefined
      resolve()
    }
  }

  /** Adds a key to the environment `e`; answers the text that a client sends. */
  addKey(entry: Partial<ApiKeyEntry> = {}): string {
    const { value, publicId, hash } = generateApiKey()
    this.keys.set(hash, { ...KEY, publicId, ...entry })
    return value
  }

  async #answer<T>(asked: string, found: T): Promise<T> {
    this.asked.push(asked)
    if (this.away) throw new Error('connect ECONNREFUSED: the database')
    await this.#held
    return found
  }
}

export const NO_LIMITS: LimitsEntry = { capacity: [], maxConcurrent: null }

const KEY: ApiKeyEntry = {
  id: 'key-1',
  publicId: '',
  workspaceId: 'w',
  environmentId: 'e',
  enabled: true,
  expiresAt: null,
  secretEndsAt: null,
  allowedCidrs: null,
  resources: 'all',
  connections: [],
  labels: [],
  limits: NO_LIMITS,
}

export const connectionEntry = (id: string, entry: Partial<ConnectionEntry> = {}): ConnectionEntry => ({
  id,
  name: `${id}-name`,
  provider: 'openai-compatible',
  baseUrl: null,
  sealedApiKey: null,
  allowedModels: null,
  models: {},
  timeouts: {},
  limits: NO_LIMITS,
  discoveredCapacity: 'ignore',
  enabled: true,
  version: 1,
  ...entry,
})

/** A resource whose targets are the model `m` at each of these connections, in order. */
export const resourceEntry = (
  name: string,
  connectionIds: readonly string[],
  entry: Partial<ResourceEntry> = {},
): ResourceEntry => {
  const [model = { connectionId: 'none', model: 'm' }, ...fallbackModels] = connectionIds.map((connectionId) => ({
    connectionId,
    model: 'm',
  }))
  return {
    id: `resource-${name}`,
    name,
    model,
    routing: [],
    secondaryModels: [],
    fallbackModels,
    fallbackOn: null,
    timeouts: {},
    retries: {},
    limits: NO_LIMITS,
    enabled: true,
    ...entry,
  }
}

/** The environment `e` of the workspace `w`. */
export const environmentEntry = (
  connections: readonly ConnectionEntry[],
  resources: readonly ResourceEntry[],
): EnvironmentEntry => ({
  id: 'e',
  workspaceId: 'w',
  timeZone: 'UTC',
  workspaceLimits: NO_LIMITS,
  limits: NO_LIMITS,
  connections,
  resources,
})
