import { type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import type { Change } from '../change/changes.ts'
import { Problem } from '../http/problem.ts'

type Bounded = {
  readonly table: 'ai_connection' | 'ai_resource' | 'api_key'
  /** What people call several of it, e.g. `AI connections`. */
  readonly kinds: string
  /** How many of it an environment may have. */
  readonly most: number
}

/**
 * One more can be made: every replica compiles all of an environment at each change of it. The environment is locked by
 * who calls. Throws `conflict`.
 */
export async function requireRoom(
  change: Change,
  context: EnvironmentContext,
  { table, kinds, most }: Bounded,
): Promise<void> {
  const last = await inEnvironment(change.trx, context)
    .selectFrom(table)
    .select('id')
    .offset(most - 1)
    .limit(1)
    .executeTakeFirst()
  if (last) throw new Problem('conflict', `The environment has ${most} ${kinds}, which is the most that there can be`)
}
