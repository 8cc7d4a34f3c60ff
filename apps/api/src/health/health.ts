/** Injection token of {@link Health}. */
export const HEALTH = Symbol('health')

export type HealthReport = {
  /** `evicting`: Redis may forget counters, so limits would not hold. */
  status: 'ok' | 'starting' | 'draining' | 'full' | 'evicting'
  /** Records that wait for the audit and usage stores, and how old the oldest is. */
  journal: { depth: number; bytes: number; oldestAgeMs: number; setAside: number; full: boolean }
  audit: { protected: boolean; reason: string }
  /** Where there is one. Requests go on while it is away. */
  redis?: RedisHealth
}

export type RedisHealth = {
  connected: boolean
  /** When it was connected or was lost, as a date; null before the first connection. */
  since: string | null
  /** Whether its maxmemory-policy is noeviction; null where that is not known, and while it is away. */
  noeviction: boolean | null
  /** Why it is away, or what evicts. */
  reason: string | null
  limits: {
    /** That count together, as far as this one knows. */
    replicas: number
    /** Of how many workspaces this replica counts without Redis, since when, and why; null where of none. */
    away: { workspaces: number; since: string; reason: string } | null
  }
}

export interface Health {
  report(): HealthReport
}
