import { type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import type { Change } from '../change/changes.ts'
import { requireNameFreeAmong } from '../change/free-name.ts'

type Named = {
  readonly table: 'ai_connection' | 'ai_resource' | 'api_key'
  /** What people call it, e.g. `AI connection`. */
  readonly kind: string
  readonly name: string
  /** The id of what is to have the name, where it is there already. */
  readonly except?: string
}

/** Names are unique in their environment, without regard to case. Throws `name_taken`. */
export const requireFreeName = (
  change: Change,
  context: EnvironmentContext,
  { table, kind, ...wanted }: Named,
): Promise<void> =>
  requireNameFreeAmong(inEnvironment(change.trx, context).selectFrom(table), {
    kind: `${kind} of the environment`,
    ...wanted,
  })
