type Key = {
  readonly enabled: boolean
  readonly expiresAt: string | null
  readonly previousUntil: string | null
}

export type KeyState = 'active' | 'expiring' | 'expired' | 'disabled'

const SOON_MS = 7 * 24 * 3_600_000

/** Whether a key works, and whether it will go on to. */
export function keyState({ enabled, expiresAt }: Key, nowMs: number): KeyState {
  const leftMs = expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt) - nowMs
  if (leftMs <= 0) return 'expired'
  if (!enabled) return 'disabled'
  return leftMs <= SOON_MS ? 'expiring' : 'active'
}

/** Until when the secret before the last rotation works, too; undefined: it does not. */
export function previousWorksUntil({ previousUntil }: Key, nowMs: number): string | undefined {
  return previousUntil !== null && Date.parse(previousUntil) > nowMs ? previousUntil : undefined
}
