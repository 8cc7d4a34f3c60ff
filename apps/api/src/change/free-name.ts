import type { Database } from '@vm-x/storage'
import { type SelectQueryBuilder, sql } from 'kysely'
import { Problem } from '../http/problem.ts'

/** Tables of what has a name. */
type Named = 'role' | 'workspace' | 'environment' | 'ai_connection' | 'ai_resource' | 'api_key'

type Wanted = {
  /** What `rows` are to people, e.g. `environment of the workspace`. */
  readonly kind: string
  readonly name: string
  /** The id of what is to have the name, where it is there already. */
  readonly except?: string | undefined
}

/** Throws `name_taken` when another of `rows` has the name, without regard to case. */
export async function requireNameFreeAmong<Table extends Named>(
  rows: SelectQueryBuilder<Database, Table, Record<never, never>>,
  { kind, name, except }: Wanted,
): Promise<void> {
  const other = await rows
    .where(sql`lower(name)`, '=', name.toLowerCase())
    .where(sql`id`, 'is distinct from', except ?? null)
    .select(sql`1`.as('one'))
    .executeTakeFirst()
  if (other) throw new Problem('name_taken', `Another ${kind} is called "${name}"`)
}
