import type { CapacityStore, Denied, Granted, Receipt, Reservation } from '../capacity/capacity-store.ts'
import type { DiscoveredCapacity } from '../capacity/discovered-capacity.ts'
import type { Estimate, Estimates } from '../capacity/estimates.ts'
import type { Limits } from '../capacity/limits.ts'
import type { Target } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'
import type { Usage } from '../ledger/exchange-record.ts'
import type { Admission, CapacityRequest, Loan } from './gate.ts'
import type { LeaseRenewal } from './lease-renewal.ts'
import { type Level, rateLimitHeaders } from './rate-limit-headers.ts'
import { refusal } from './refusal.ts'
import { outputKeyOf, refusedLevel, Share } from './share.ts'
import type { TargetLevels } from './target-levels.ts'

/** What loans are made with. */
export type Bank = {
  readonly store: CapacityStore
  readonly clock: Clock
  readonly limits: Limits
  readonly discovered: DiscoveredCapacity
  readonly estimates: Estimates
  readonly leases: LeaseRenewal
  readonly targetLevels: TargetLevels
}

/** Reserves the exchange's own limits with its first target, and those of each target that follows alone. */
export class OpenLoan implements Loan {
  readonly #bank: Bank
  readonly #request: CapacityRequest
  #estimate: Estimate | undefined
  /** What the exchange itself borrowed, once it has. */
  #held: Receipt | undefined
  #ownLevels: readonly Level[] = []
  #levels: readonly Level[] = []
  /** The least that the exchange's own limits of tokens took. */
  #ownTokens: number | undefined
  #closed = false

  constructor(bank: Bank, request: CapacityRequest) {
    this.#bank = bank
    this.#request = request
  }

  get estimate(): Estimate | undefined {
    return this.#estimate
  }

  admit(target: Target): Admission | Promise<Admission> {
    const { estimates, store } = this.#bank
    const estimate = estimates.expect(target, this.#outputKey(target), this.#request.size)
    this.#estimate = estimate
    const own = this.#own(target, estimate)
    const its = this.#its(target, estimate)
    if (own.items.length === 0 && its.items.length === 0) {
      this.#levels = this.#ownLevels
      return this.#lend(target, estimate, undefined, undefined)
    }
    const answer = store.reserve([own.items, its.items])
    return answer instanceof Promise
      ? answer.then((decided) => this.#decide(decided, target, estimate, own, its))
      : this.#decide(answer, target, estimate, own, its)
  }

  headers(): Record<string, string> {
    return rateLimitHeaders(this.#levels)
  }

  close(sent: boolean, usage: Usage | undefined): void {
    this.#closed = true
    const receipt = this.#held
    if (!receipt) return
    const { store, leases } = this.#bank
    leases.drop(receipt)
    if (sent) store.settle(receipt, tokensOf(usage))
    else store.release(receipt)
  }

  #own(target: Target, estimate: Estimate): Share {
    const share = new Share(this.#request, target, estimate)
    if (this.#held) return share
    share.addOwn(this.#bank.limits, this.#bank.clock.now())
    return share
  }

  #its(target: Target, estimate: Estimate): Share {
    const share = new Share(this.#request, target, estimate)
    share.addTarget(this.#bank.limits, this.#bank.discovered, this.#bank.clock.now())
    return share
  }

  #decide(answer: Reservation, target: Target, estimate: Estimate, own: Share, its: Share): Admission {
    if (!answer.granted) throw this.#refused(answer, target, own, its)
    const { leases, store } = this.#bank
    const [ownReceipt, receipt] = answer.receipts
    if (this.#closed) {
      for (const each of answer.receipts) store.release(each)
      return this.#lend(target, estimate, undefined, undefined)
    }
    if (own.items.length > 0 && ownReceipt) {
      this.#held = ownReceipt
      this.#ownTokens = own.leastTokens
      leases.hold(ownReceipt)
    }
    if (receipt) leases.hold(receipt)
    this.#note(answer, target, own, its)
    return this.#lend(target, estimate, receipt, its.leastTokens)
  }

  #note({ remaining }: Granted, target: Target, own: Share, its: Share): void {
    const [ownRemaining = [], itsRemaining = []] = remaining
    if (own.items.length > 0) this.#ownLevels = own.levels(ownRemaining)
    const levels = its.levels(itsRemaining)
    this.#bank.targetLevels.note(target.key, levels)
    this.#levels = levels.length === 0 ? this.#ownLevels : [...this.#ownLevels, ...levels]
  }

  #refused(denied: Denied, target: Target, own: Share, its: Share) {
    const ofTarget = denied.part === TARGET_PART
    // A request that is larger than the limit says nothing about what is left of it.
    const tooLarge = denied.measure === 'tokens' && denied.needed > denied.size
    if (ofTarget && !tooLarge) this.#bank.targetLevels.exhausted(target.key, denied.retryAfterMs)
    const limit = (ofTarget ? its : own).limitAt(denied.item)
    this.#levels = limit.period === 'concurrent' ? [] : [refusedLevel(limit, denied)]
    // What a provider has told may be nonsense, and is forgotten unless it tells it again.
    const forgottenInMs = limit.discovered && tooLarge ? this.#bank.discovered.forgottenInMs(target.key) : undefined
    const told = forgottenInMs === undefined ? denied : { ...denied, retryAfterMs: forgottenInMs }
    return refusal(limit, told, this.headers())
  }

  #lend(target: Target, estimate: Estimate, receipt: Receipt | undefined, itsTokens: number | undefined): Admission {
    const learn = (reported: Usage) => {
      const least = Math.min(itsTokens ?? Infinity, this.#ownTokens ?? Infinity)
      this.#bank.estimates.learn({
        target,
        outputKey: this.#outputKey(target),
        size: this.#request.size,
        estimate,
        reservedTokens: least === Infinity ? estimate.input + estimate.output : least,
        reported,
      })
    }
    return new Borrowed(this.#bank, this.#held, receipt, learn)
  }

  #outputKey(target: Target): string {
    return outputKeyOf(this.#request, target)
  }
}

/** The parts of each reservation: the exchange's own limits, then the target's. */
const TARGET_PART = 1

class Borrowed implements Admission {
  readonly #bank: Bank
  readonly #exchange: Receipt | undefined
  readonly #receipt: Receipt | undefined
  readonly #learn: (reported: Usage) => void
  #ended = false

  constructor(
    bank: Bank,
    exchange: Receipt | undefined,
    receipt: Receipt | undefined,
    learn: (reported: Usage) => void,
  ) {
    this.#bank = bank
    this.#exchange = exchange
    this.#receipt = receipt
    this.#learn = learn
  }

  progress(used: Usage): void {
    const { store } = this.#bank
    if (this.#receipt) store.progress(this.#receipt, tokensOf(used))
    if (this.#exchange) store.progress(this.#exchange, tokensOf(used))
  }

  settle(actual: Usage | undefined): void {
    if (!this.#end()) return
    if (this.#receipt) this.#bank.store.settle(this.#receipt, tokensOf(actual))
    if (actual?.source === 'reported') this.#learn(actual)
  }

  release(): void {
    if (this.#end() && this.#receipt) this.#bank.store.release(this.#receipt)
  }

  #end(): boolean {
    if (this.#ended) return false
    this.#ended = true
    if (this.#receipt) this.#bank.leases.drop(this.#receipt)
    return true
  }
}

const tokensOf = (usage: Usage | undefined) => (usage ? usage.input + usage.output : 0)
