import { targetsLookedAt } from '@vm-x/gateway'
import { type Database, type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import type { Selectable } from 'kysely'
import type { Reading } from '../change/changes.ts'

/** An AI resource that names a connection, with the models that it asks of it. */
export type ResourceUsing = {
  readonly kind: 'ai-resource'
  readonly id: string
  readonly name: string
  readonly models: string[]
  /** Whether a rule looks at how the connection does, which it names as people do: `errorRate(5, openai/gpt-5.1)`. */
  readonly watches: boolean
}

/**
 * The resources of the environment that name the connection anywhere: as model, secondary model, fallback, target of a
 * rule or in what a rule looks at, each with the models that it names there, without repetition. Oldest resource first.
 */
export async function resourcesUsing(
  { trx }: Reading,
  context: EnvironmentContext,
  connection: { readonly id: string; readonly name: string },
): Promise<ResourceUsing[]> {
  const rows = await inEnvironment(trx, context)
    .selectFrom('ai_resource')
    .select(['id', 'name', 'model', 'routing', 'secondary_models', 'fallback'])
    .orderBy('id')
    .execute()
  return rows.flatMap((row) => {
    const asked = targetsOf(row).filter(({ connectionId }) => connectionId === connection.id)
    const watched = targetsLookedAt(row.routing, connection.name)
    const models = [...new Set([...asked, ...watched].map(({ model }) => model))]
    const watches = watched.length > 0
    return models.length > 0 ? [{ kind: 'ai-resource' as const, id: row.id, name: row.name, models, watches }] : []
  })
}

type Row = Pick<Selectable<Database['ai_resource']>, 'model' | 'routing' | 'secondary_models' | 'fallback'>

const targetsOf = (row: Row) => [
  row.model,
  ...row.routing.flatMap(({ then }) => {
    if ('target' in then) return [then.target]
    if ('targets' in then) return then.targets
    return 'split' in then ? then.split.map(({ target }) => target) : []
  }),
  ...row.secondary_models,
  ...row.fallback.models,
]
