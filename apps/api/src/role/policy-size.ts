import type { PolicyDocument } from '@vm-x/contract'
import { sql } from 'kysely'
import type { Change } from '../change/changes.ts'
import { Problem } from '../http/problem.ts'

/**
 * As much as one role may have: what two users may do is compared, pattern by pattern, while other changes of people
 * wait.
 */
const MOST_CHARACTERS = 10_000

/**
 * Throws `conflict` when a user of those with these ids would have too many patterns in all of their roles together,
 * given that the role `roleId` of them becomes `wanted`.
 */
export async function requireComparable(
  { trx }: Change,
  userIds: ReadonlySet<string>,
  roleId: string,
  wanted: PolicyDocument,
): Promise<void> {
  if (userIds.size === 0) return
  const others = await trx
    .selectFrom('user_role as other')
    .innerJoin('role', 'role.id', 'other.role_id')
    .where(sql`other.user_id`, '=', sql`any(${[...userIds]}::uuid[])`)
    .where('role.id', '!=', roleId)
    .select(['other.user_id', 'role.policy'])
    .execute()
  for (const roles of Map.groupBy(others, (role) => role.user_id).values()) {
    const characters = [wanted, ...roles.map(({ policy }) => policy)].map(charactersOf)
    if (characters.reduce((sum, one) => sum + one, 0) > MOST_CHARACTERS)
      throw new Problem(
        'conflict',
        `The roles of a user may have at most ${MOST_CHARACTERS} characters in all patterns together`,
      )
  }
}

export const charactersOf = ({ statements }: PolicyDocument): number =>
  statements.flatMap(({ actions, resources }) => [...actions, ...resources]).join('').length
