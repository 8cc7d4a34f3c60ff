'use client'

import type { User } from '@/client/people-queries'
import { UserAccess } from '@/components/access/user-access'
import { Section } from '@/components/section'
import { UserRoles } from './user-roles'

/** The roles of a user, and what comes of them. */
export function Access({ userId, user }: { userId: string; user: User | undefined }) {
  return (
    <>
      {user && <UserRoles user={user} />}
      <Section
        title={`What ${user ? 'they' : 'you'} may do, and by which statement`}
        description="In a workspace both a role and the membership must allow it; where it says so, as an owner."
      >
        <UserAccess userId={userId} />
      </Section>
    </>
  )
}
