import type { Session } from '@vm-x/contract'
import type { ListedSession } from './sign-in.ts'

/** A session as the API shows it; `current` is the one that asks. */
export const presentedSession = (session: ListedSession, current: string | undefined): Session => ({
  id: session.id,
  createdAt: session.createdAt.toISOString(),
  lastSeenAt: session.seenAt.toISOString(),
  expiresAt: session.expiresAt.toISOString(),
  sourceAddress: session.address,
  userAgent: session.userAgent,
  current: session.id === current,
})
