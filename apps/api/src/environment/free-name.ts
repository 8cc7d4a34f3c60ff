import { type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import { sql } from 'kysely'
import type { Change } from '../change/changes.ts'
import { Problem } from '../http/problem.ts'

type Named = {
  readonly table: 'ai_connection' | 'ai_resource' | 'api_key'
  /** What people call it, e.g. `AI connection`. */
  readonly kind: string
  readonly name: string
  /** The id of what is to have the name, where it is there already. */
  readonly except?: string
}

/** Names are unique in their environment, without regard to case. Throws `name_taken`. */
export async function requireFreeName(
  change: Change,
  context: EnvironmentContext,
  { table, kind, name, except }: Named,
): Promise<void> {
  const other = await inEnvironment(change.trx, context)
    .selectFrom(table)
    .where(sql`lower(name)`, '=', name.toLowerCase())
    .where('id', 'is distinct from', except ?? null)
    .select('id')
    .executeTakeFirst()
  if (other) throw new Problem('name_taken', `Another ${kind} of the environment is called "${name}"`)
}
