import type { ApiKeyEntry } from '../catalog/catalog.ts'
import type { Target } from '../catalog/snapshot.ts'
import type { Operation, RuleResult } from '../ledger/exchange-record.ts'

/** What a rule may look at. */
export type RoutingRequest = {
  readonly operation: Operation
  /** The parsed body. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly stream: boolean
  readonly metadata: Readonly<Record<string, string>> | undefined
  /** Absent when a user asks: its fields are absent too then. */
  readonly apiKey: ApiKeyEntry | undefined
  /** Where the request goes when no rule matches: what `errorRate` and its like mean without a target of their own. */
  readonly primary: Target | undefined
  /** Estimated for the primary target. */
  readonly inputTokens: number
}

export type Routed = {
  /** In the order in which they are tried before the fallbacks; undefined when no rule decided. */
  readonly targets: readonly Target[] | undefined
  /** Said to the client instead of an answer. */
  readonly blocked: string | undefined
  /** The rule that decided, counted from 0. */
  readonly matched: number | undefined
  /** One for each rule that was looked at, in order. */
  readonly rules: readonly RuleResult[]
}

/** The rules of one resource, compiled. */
export interface Routing {
  /** Never throws: a rule that can't be evaluated doesn't match, and the decision record says so. */
  decide(request: RoutingRequest): Routed
}

/** What is known about targets while requests run; undefined where there is nothing to know it from. */
export interface TargetSignals {
  /** Share from 0 to 1 of the requests of the last minutes that the provider failed. The gateway's refusals are none. */
  errorRate(targetKey: string, minutes: number): number | undefined
  /** Milliseconds, of answers of the last minutes. */
  latencyP95(targetKey: string, minutes: number): number | undefined
  /** Milliseconds to the first event of streams of the last minutes. */
  ttftP95(targetKey: string, minutes: number): number | undefined
  /** Requests under way. */
  inFlight(targetKey: string): number
  /** What the last reservation left of the tightest limit, 0 to 100. */
  remainingPercent(targetKey: string): number | undefined
}

/** Told of every request to a target, so that rules can look at how it does. */
export interface TargetObserver {
  began(targetKey: string): void
  /** Once for each `began`. `ignored`: it says nothing about the target, e.g. the client has left. */
  ended(
    targetKey: string,
    result: {
      readonly outcome: 'ok' | 'provider_failed' | 'ignored'
      readonly latencyMs?: number | undefined
      readonly ttftMs?: number | undefined
    },
  ): void
}
