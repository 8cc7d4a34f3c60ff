import type { Principal } from './api-key/authenticator.ts'
import type { Resource, Target } from './catalog/snapshot.ts'
import type { Usage } from './ledger/exchange-record.ts'

export type AdmissionRequest = {
  readonly exchangeId: string
  readonly principal: Principal
  /** Absent when a connection is called directly. */
  readonly resource: Resource | undefined
  readonly target: Target
  readonly estimate: { readonly input: number; readonly output: number }
}

/** Capacity that was borrowed for one HTTP request to a target. Ended once, by one of the two. */
export interface Admission {
  /** Bytes were sent: corrects the estimate by what was used; undefined when the provider did no work that it counts. */
  settle(actual: Usage | undefined): Promise<void>
  /** No byte was sent: gives everything back. */
  release(): Promise<void>
}

/**
 * Decides whether there is capacity. Throws `capacity_exceeded` when a limit of the key, resource or workspace is
 * reached (final), `target_busy` when one of the target is (the next target may serve).
 */
export interface Gate {
  admit(request: AdmissionRequest): Promise<Admission>
}

/** The gate where no limit is configured. */
export const openGate: Gate = { admit: async () => NOTHING_BORROWED }

const NOTHING_BORROWED: Admission = { settle: async () => {}, release: async () => {} }
