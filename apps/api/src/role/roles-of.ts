import type { Database } from '@vm-x/storage'
import type { Kysely } from 'kysely'

/** The roles of a user with what they permit, oldest first. */
export const rolesOf = (db: Kysely<Database>, userId: string) =>
  db
    .selectFrom('role')
    .innerJoin('user_role', 'user_role.role_id', 'role.id')
    .where('user_role.user_id', '=', userId)
    .select(['role.id', 'role.name', 'role.policy'])
    .orderBy('role.id')
    .execute()
