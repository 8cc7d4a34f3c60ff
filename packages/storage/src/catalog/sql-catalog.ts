import type { ApiKeyEntry, Catalog, EnvironmentEntry } from '@vm-x/gateway'
import type { Kysely } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { Database } from '../db/schema.ts'

/** The catalog in the database. Reads from the writer: a change must be seen as soon as it is announced. */
export class SqlCatalog implements Catalog {
  readonly #db: Kysely<Database>

  constructor(db: Kysely<Database>) {
    this.#db = db
  }

  /** Operator-level: the key is what tells the tenant. */
  async apiKey(hash: string): Promise<ApiKeyEntry | undefined> {
    const row = await this.#db.selectFrom('api_key').selectAll().where('hash', '=', hash).executeTakeFirst()
    return (
      row && {
        id: row.id,
        publicId: row.public_id,
        workspaceId: row.workspace_id,
        environmentId: row.environment_id,
        enabled: row.enabled,
        expiresAt: row.expires_at?.getTime() ?? null,
        resources: row.resources,
        connections: row.connections,
      }
    )
  }

  /** One statement, so what comes back belongs together. */
  async environment(id: string): Promise<EnvironmentEntry | undefined> {
    const row = await this.#db
      .selectFrom('environment')
      .where('environment.id', '=', id)
      .select((eb) => [
        'environment.id',
        'environment.workspace_id as workspaceId',
        jsonArrayFrom(
          eb
            .selectFrom('ai_connection as c')
            .whereRef('c.workspace_id', '=', 'environment.workspace_id')
            .whereRef('c.environment_id', '=', 'environment.id')
            .select(['c.id', 'c.name', 'c.provider', 'c.base_url as baseUrl', 'c.sealed_api_key as sealedApiKey'])
            .select(['c.allowed_models as allowedModels', 'c.enabled', 'c.version'])
            .orderBy('c.id'),
        ).as('connections'),
        jsonArrayFrom(
          eb
            .selectFrom('ai_resource as r')
            .whereRef('r.workspace_id', '=', 'environment.workspace_id')
            .whereRef('r.environment_id', '=', 'environment.id')
            .select(['r.id', 'r.name', 'r.model', 'r.fallback', 'r.enabled'])
            .orderBy('r.id'),
        ).as('resources'),
      ])
      .executeTakeFirst()
    if (!row) return undefined
    const resources = row.resources.map(({ fallback, ...resource }) => ({
      ...resource,
      fallbackModels: fallback.enabled ? fallback.models : [],
    }))
    return { ...row, resources }
  }
}
