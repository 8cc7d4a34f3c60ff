'use client'

import type { User } from '@/client/people-queries'
import { ResetPassword } from './reset-password'
import { StateOfUser } from './state-of-user'
import { UserSessions } from './user-sessions'

/** Whether and how a user can sign in, and where they are. */
export function SignIn({ user }: { user: User }) {
  return (
    <>
      <StateOfUser user={user} />
      <ResetPassword user={user} />
      <UserSessions user={user} />
    </>
  )
}
