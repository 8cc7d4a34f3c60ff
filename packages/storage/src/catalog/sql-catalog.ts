import type { ApiKeyEntry, Catalog, EnvironmentEntry, LimitsEntry } from '@vm-x/gateway'
import { type Kysely, type Selectable, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { ApiKeyTable, Database } from '../db/schema.ts'

/** The catalog in the database. Reads from the writer: a change must be seen as soon as it is announced. */
export class SqlCatalog implements Catalog {
  readonly #db: Kysely<Database>

  constructor(db: Kysely<Database>) {
    this.#db = db
  }

  async apiKey(hash: string): Promise<ApiKeyEntry | undefined> {
    return (await this.apiKeys([hash])).get(hash)
  }

  /** Operator-level: the key is what tells the tenant. */
  async apiKeys(hashes: readonly string[]): Promise<ReadonlyMap<string, ApiKeyEntry>> {
    const asked = new Set(hashes)
    const oneOf = sql<string>`any(${hashes}::text[])`
    const rows = await this.#db
      .selectFrom('api_key')
      .selectAll()
      .where((eb) => eb.or([eb('hash', '=', oneOf), eb('previous_hash', '=', oneOf)]))
      .execute()
    const found = new Map<string, ApiKeyEntry>()
    for (const row of rows) {
      const entry = keyEntry(row)
      const { hash, previous_hash, previous_until } = row
      if (asked.has(hash)) found.set(hash, entry)
      // Also after the grace period: refusing it is not the catalog's part.
      if (previous_hash !== null && previous_until !== null && asked.has(previous_hash))
        found.set(previous_hash, { ...entry, secretEndsAt: previous_until.getTime() })
    }
    return found
  }

  /** One statement, so what comes back belongs together. */
  async environment(id: string): Promise<EnvironmentEntry | undefined> {
    const row = await this.#db
      .selectFrom('environment')
      .innerJoin('workspace as w', 'w.id', 'environment.workspace_id')
      .where('environment.id', '=', id)
      .select((eb) => [
        'environment.id',
        'environment.workspace_id as workspaceId',
        'environment.capacity',
        'environment.max_concurrent',
        'w.time_zone as timeZone',
        'w.capacity as workspaceCapacity',
        'w.max_concurrent as workspaceMaxConcurrent',
        jsonArrayFrom(
          eb
            .selectFrom('ai_connection as c')
            .whereRef('c.workspace_id', '=', 'environment.workspace_id')
            .whereRef('c.environment_id', '=', 'environment.id')
            .select(['c.id', 'c.name', 'c.provider', 'c.base_url as baseUrl', 'c.sealed_api_key as sealedApiKey'])
            .select(['c.allowed_models as allowedModels', 'c.models', 'c.timeouts', 'c.capacity', 'c.max_concurrent'])
            .select(['c.discovered_capacity as discoveredCapacity', 'c.enabled', 'c.version'])
            .orderBy('c.id'),
        ).as('connections'),
        jsonArrayFrom(
          eb
            .selectFrom('ai_resource as r')
            .whereRef('r.workspace_id', '=', 'environment.workspace_id')
            .whereRef('r.environment_id', '=', 'environment.id')
            .select(['r.id', 'r.name', 'r.model', 'r.routing', 'r.secondary_models as secondaryModels', 'r.fallback'])
            .select(['r.timeouts', 'r.retries', 'r.capacity', 'r.max_concurrent', 'r.enabled'])
            .orderBy('r.id'),
        ).as('resources'),
      ])
      .executeTakeFirst()
    return (
      row && {
        id: row.id,
        workspaceId: row.workspaceId,
        timeZone: row.timeZone,
        workspaceLimits: limitsOf({ capacity: row.workspaceCapacity, max_concurrent: row.workspaceMaxConcurrent }),
        limits: limitsOf(row),
        connections: row.connections.map(({ capacity, max_concurrent, ...connection }) => ({
          ...connection,
          limits: limitsOf({ capacity, max_concurrent }),
        })),
        resources: row.resources.map(({ capacity, max_concurrent, fallback, ...resource }) => ({
          ...resource,
          fallbackModels: fallback.enabled ? fallback.models : [],
          fallbackOn: fallback.on ?? null,
          limits: limitsOf({ capacity, max_concurrent }),
        })),
      }
    )
  }
}

const keyEntry = (row: Selectable<ApiKeyTable>): ApiKeyEntry => ({
  id: row.id,
  publicId: row.public_id,
  workspaceId: row.workspace_id,
  environmentId: row.environment_id,
  enabled: row.enabled,
  expiresAt: row.expires_at?.getTime() ?? null,
  secretEndsAt: null,
  allowedCidrs: row.allowed_cidrs,
  resources: row.resources,
  connections: row.connections,
  labels: row.labels,
  limits: limitsOf(row),
})

type LimitColumns = { readonly capacity: LimitsEntry['capacity']; readonly max_concurrent: number | null }

const limitsOf = ({ capacity, max_concurrent: maxConcurrent }: LimitColumns): LimitsEntry => ({
  capacity,
  maxConcurrent,
})
