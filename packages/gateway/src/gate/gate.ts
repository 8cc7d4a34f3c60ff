import type { CapacityStore } from '../capacity/capacity-store.ts'
import { DiscoveredCapacity } from '../capacity/discovered-capacity.ts'
import { Estimates } from '../capacity/estimates.ts'
import { Limits } from '../capacity/limits.ts'
import type { ApiKeyEntry } from '../catalog/catalog.ts'
import type { EnvironmentSnapshot, Resource, Target } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'
import type { Usage } from '../ledger/exchange-record.ts'
import type { RequestSize } from '../wire/openai/tokens.ts'
import { type Foresight, foresee } from './foresight.ts'
import { LeaseRenewal } from './lease-renewal.ts'
import { type Bank, OpenLoan } from './open-loan.ts'
import { TargetLevels } from './target-levels.ts'

export type CapacityRequest = {
  readonly snapshot: EnvironmentSnapshot
  /** Absent when a user asks. */
  readonly apiKey: ApiKeyEntry | undefined
  /** Absent when a connection is called directly. */
  readonly resource: Resource | undefined
  readonly sourceAddress: string
  /** The request's own `user`, for limits that count by it. */
  readonly user: string | undefined
  readonly size: RequestSize
}

/**
 * Decides whether there is capacity, and lends it. One exchange borrows through one {@link Loan}: the limits of its key,
 * resource, environment and workspace once, those of a target once for each HTTP request to it.
 */
export interface Gate {
  /** Nothing is borrowed before the first `admit`. */
  open(request: CapacityRequest): Loan
  /** Tokens of input that the target is expected to count. */
  expectedInput(target: Target, size: RequestSize): number
  /** What a request would find of its limits at each of these targets, in this order. Borrows nothing. */
  foresee(request: CapacityRequest, targets: readonly Target[]): Promise<Foresight>
  /** What the last reservation left of the tightest limit of the target, 0 to 100; undefined while none is known. */
  remainingPercent(targetKey: string): number | undefined
}

export interface Loan {
  /**
   * Borrows for one HTTP request to `target`, everything or nothing, in one call of the store. Throws
   * `capacity_exceeded` when a limit of the key, resource, environment or workspace is reached (final), `target_busy`
   * when one of the target is, `unsupported_parameter` when the most it can use has no bound and a limit asks for one.
   */
  admit(target: Target): Admission | Promise<Admission>
  /** What the last admitted target was expected to use. */
  readonly estimate: { readonly input: number; readonly output: number } | undefined
  /** `x-ratelimit-*` of the tightest limit, as the last `admit` left it. */
  headers(): Record<string, string>
  /**
   * The exchange has ended; called once. Corrects what its own limits were charged by what was used in all.
   * @param sent whether a byte reached a provider; if not, everything is given back
   */
  close(sent: boolean, usage: Usage | undefined): void
}

/** What was borrowed from a target for one HTTP request. Ended once, by `settle` or `release`. */
export interface Admission {
  /** A stream is going on: charges what it has used beyond what was borrowed. */
  progress(used: Usage): void
  /** Bytes were sent: corrects the estimate by what was used; undefined when the provider did no work that it counts. */
  settle(actual: Usage | undefined): void
  /** No byte was sent: gives everything back. */
  release(): void
}

export type GateParts = {
  readonly store: CapacityStore
  readonly clock: Clock
  readonly limits?: Limits
  readonly discovered?: DiscoveredCapacity
  readonly estimates?: Estimates
}

export function createGate(parts: GateParts): Gate {
  const { store, clock, limits = new Limits(), estimates = new Estimates(clock) } = parts
  const discovered = parts.discovered ?? new DiscoveredCapacity({ clock })
  const leases = new LeaseRenewal(store)
  const targetLevels = new TargetLevels(clock)
  const bank: Bank = { store, clock, limits, discovered, estimates, leases, targetLevels }
  return {
    open: (request) => new OpenLoan(bank, request),
    foresee: (request, targets) => foresee(bank, request, targets),
    expectedInput: (target, size) => estimates.expectedInput(target, size),
    remainingPercent: (targetKey) => targetLevels.remainingPercent(targetKey),
  }
}

/** The gate where no limit is configured. */
export const openGate: Gate = {
  open: () => NOTHING_LENT,
  foresee: async (_request, targets) => ({
    own: [],
    targets: targets.map(() => ({ estimate: { input: 0, output: 0 }, limits: [], unbounded: false })),
  }),
  expectedInput: (_target, size) => Math.ceil(size.textBytes / 4),
  remainingPercent: () => undefined,
}

const NOTHING_BORROWED: Admission = { progress: () => {}, settle: () => {}, release: () => {} }

const NOTHING_LENT: Loan = {
  admit: () => NOTHING_BORROWED,
  estimate: undefined,
  headers: () => ({}),
  close: () => {},
}
