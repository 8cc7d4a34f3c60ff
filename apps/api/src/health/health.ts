/** Injection token of {@link Health}. */
export const HEALTH = Symbol('health')

export type HealthReport = {
  status: 'ok' | 'starting' | 'draining' | 'full'
  /** Records that wait for the audit and usage stores, and how old the oldest is. */
  journal: { depth: number; bytes: number; oldestAgeMs: number; setAside: number; full: boolean }
  audit: { protected: boolean; reason: string }
}

export interface Health {
  report(): HealthReport
}
