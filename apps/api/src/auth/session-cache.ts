import { createHash } from 'node:crypto'
import type { Clock } from '@vm-x/gateway'
import type { SignedCache } from '@vm-x/storage'

/** A session as it is in the database, and its user. */
export type FoundSession = {
  readonly sessionId: string
  readonly seenAt: Date
  readonly expiresAt: Date
  readonly user: {
    readonly id: string
    readonly email: string
    readonly name: string
    readonly state: string
  }
}

/**
 * Look-ups of sessions for the second after they were made, for all replicas. After {@link SessionCache.ended} none of
 * the user's is found until it is read from the database again; should Redis be away at that moment for one replica and
 * not for another, the other may find an ended session for what is left of the second. Nothing rejects.
 */
export type SessionCache = {
  find(token: string): Promise<FoundSession | undefined>
  /** @param readAtMs when the database was asked, by the clock */
  keep(token: string, found: FoundSession, readAtMs: number): Promise<void>
  /** After the commit of what has changed a user or ended sessions of theirs. */
  ended(userId: string): Promise<void>
}

export const sessionCache = (cache: SignedCache, clock: Clock): SessionCache => ({
  find: async (token) => {
    const text = await cache.get(keyOf(token))
    if (typeof text !== 'string') return undefined
    const { readAtMs, found } = JSON.parse(text) as Kept
    if (Math.abs(clock.now() - readAtMs) > KEPT_MS || (await cache.get(endedKeyOf(found.user.id))) !== null)
      return undefined
    return { ...found, seenAt: new Date(found.seenAt), expiresAt: new Date(found.expiresAt) }
  },
  keep: async (token, found, readAtMs) => {
    // What was read before the sessions ended must not be kept after it.
    if ((await cache.get(endedKeyOf(found.user.id))) !== null) return
    const kept: Kept = {
      readAtMs,
      found: { ...found, seenAt: found.seenAt.getTime(), expiresAt: found.expiresAt.getTime() },
    }
    await cache.set(keyOf(token), JSON.stringify(kept), KEPT_MS)
  },
  ended: (userId) => cache.set(endedKeyOf(userId), 'ended', ENDED_MS),
})

type Kept = {
  readonly readAtMs: number
  readonly found: Omit<FoundSession, 'seenAt' | 'expiresAt'> & { readonly seenAt: number; readonly expiresAt: number }
}

const KEPT_MS = 1000
/** Longer than anything that was read before the end can be kept. */
const ENDED_MS = 5 * KEPT_MS

/** Who reads Redis finds no tokens. */
const keyOf = (token: string) => `session:${createHash('sha256').update(token).digest('base64url')}`
const endedKeyOf = (userId: string) => `sessions-ended:${userId}`
