import type { LimitsEntry } from '@vm-x/gateway'
import { type CatalogContent, catalogContract } from '@vm-x/gateway/testing'
import { describe } from 'vitest'
import type { OpenedDatabase } from '../db/open.ts'
import { inEnvironment, inWorkspace } from '../db/scope.ts'
import { testDatabases } from '../db/test-databases.ts'
import { SqlCatalog } from './sql-catalog.ts'

describe.each(testDatabases)('on $kind', ({ open }) => {
  catalogContract(async (content) => {
    const database = await open()
    await fill(database, content)
    return { catalog: new SqlCatalog(database.db), close: database.close }
  })
})

const by = { created_by: 'test', updated_by: 'test' }
const limitColumns = ({ capacity, maxConcurrent }: LimitsEntry) => ({
  capacity: JSON.stringify(capacity),
  max_concurrent: maxConcurrent,
})

async function fill({ db }: OpenedDatabase, { environments, apiKeys }: CatalogContent): Promise<void> {
  for (const { workspaceId: id, workspaceLimits, timeZone } of environments) {
    await db
      .insertInto('workspace')
      .values({ id, name: id, time_zone: timeZone, ...limitColumns(workspaceLimits), ...by })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
  for (const { id, workspaceId, limits, connections, resources } of environments) {
    await inWorkspace(db, { workspaceId })
      .insertInto('environment', { id, name: id, ...limitColumns(limits), ...by })
      .execute()
    const scope = inEnvironment(db, { workspaceId, environmentId: id })
    for (const { models, timeouts, limits, ...entry } of connections) {
      const { baseUrl, sealedApiKey, allowedModels, discoveredCapacity, ...connection } = entry
      const columns = {
        base_url: baseUrl,
        sealed_api_key: sealedApiKey,
        allowed_models: allowedModels && [...allowedModels],
        models: JSON.stringify(models),
        timeouts: JSON.stringify(timeouts),
        discovered_capacity: discoveredCapacity,
        ...limitColumns(limits),
      }
      await scope.insertInto('ai_connection', { ...connection, ...columns, origin: 'config', ...by }).execute()
    }
    for (const { id, name, model, fallbackModels, fallbackOn, limits, enabled, ...documents } of resources) {
      // What is off must not show: the second resource has a fallback that is switched off.
      const fallback =
        fallbackModels.length > 0
          ? { enabled: true, models: fallbackModels, ...(fallbackOn && { on: fallbackOn }) }
          : { enabled: false, models: [model] }
      const columns = {
        description: '',
        model: JSON.stringify(model),
        fallback: JSON.stringify(fallback),
        routing: JSON.stringify(documents.routing),
        secondary_models: JSON.stringify(documents.secondaryModels),
        timeouts: JSON.stringify(documents.timeouts),
        retries: JSON.stringify(documents.retries),
        ...limitColumns(limits),
      }
      await scope.insertInto('ai_resource', { id, name, enabled, ...columns, origin: 'config', ...by }).execute()
    }
  }
  for (const { hash, entry, previous } of apiKeys) {
    const { id, publicId, enabled, expiresAt, allowedCidrs, resources, connections, labels, limits } = entry
    const columns = {
      public_id: publicId,
      resources: JSON.stringify(resources),
      expires_at: expiresAt === null ? null : new Date(expiresAt),
      allowed_cidrs: allowedCidrs && [...allowedCidrs],
      ...(previous && { previous_hash: previous.hash, previous_until: new Date(previous.until) }),
      ...limitColumns(limits),
    }
    const row = { id, name: id, hash, enabled, connections: [...connections], labels: [...labels], ...columns }
    await inEnvironment(db, entry)
      .insertInto('api_key', { ...row, origin: 'config', ...by })
      .execute()
  }
}
