import { BUILT_IN_ROLES } from '@vm-x/contract'
import { newOneTimePassword } from '../auth/one-time-password.ts'
import { systemAuthor } from '../change/author.ts'
import type { ManagementParts } from '../management.module.ts'
import { lockPeople } from '../role/granting.ts'
import type { Services } from '../services.ts'

export type Administrator = { readonly email: string; readonly password: string }

type Parts = ManagementParts & { readonly services: Pick<Services, 'users' | 'roles' | 'members'> }

/**
 * Makes the first user where there is none: with the role admin, a password that is known to nobody else and must be
 * changed, and every workspace that nobody owns yet. Replicas that start together make one.
 */
export async function firstAdministrator(parts: Parts, email: string): Promise<Administrator | undefined> {
  const { management, changes } = parts
  const { users, roles, members } = parts.services
  const known = await management.db.selectFrom('user').select('id').limit(1).executeTakeFirst()
  if (known) return undefined
  const password = newOneTimePassword()
  const hash = await management.hasher.hash(password)
  return changes.run(systemAuthor('first-start'), async (change) => {
    await lockPeople(change)
    const other = await change.trx.selectFrom('user').select('id').limit(1).executeTakeFirst()
    if (other) return undefined
    const { id } = await users.create(change, { email, name: 'Administrator', hash })
    await roles.addMember(change, BUILT_IN_ROLES.admin.id, id)
    await members.ownOrphans(change, id)
    return { email, password }
  })
}
