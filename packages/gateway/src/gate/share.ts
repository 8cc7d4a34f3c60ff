import type { CapacityItem, Denied, Remaining } from '../capacity/capacity-store.ts'
import type { DiscoveredCapacity } from '../capacity/discovered-capacity.ts'
import { ceilingTokens, type Estimate } from '../capacity/estimates.ts'
import { type CompiledLimit, counterOf, type Limits } from '../capacity/limits.ts'
import type { Target } from '../catalog/snapshot.ts'
import type { CapacityRequest } from './gate.ts'
import type { Level } from './rate-limit-headers.ts'

/** What one request asks of the limits of one part: the exchange's own, or those of a target. */
export class Share {
  readonly items: CapacityItem[] = []
  readonly #limits: CompiledLimit[] = []
  readonly #request: CapacityRequest
  readonly #target: Target
  readonly #estimate: Estimate

  constructor(request: CapacityRequest, target: Target, estimate: Estimate) {
    this.#request = request
    this.#target = target
    this.#estimate = estimate
  }

  /**
   * Those of its key, resource, environment and workspace. Throws `unsupported_parameter` where a limit reserves the most
   * that the request can use and that has no bound.
   */
  addOwn(limits: Limits, atMs: number): void {
    const { snapshot, apiKey, resource } = this.#request
    if (apiKey) this.#add(limits.ofApiKey(snapshot, apiKey), atMs)
    if (resource) this.#add(limits.ofResource(snapshot, resource), atMs)
    this.#add(limits.ofEnvironment(snapshot), atMs)
  }

  /** Those of its target; throws likewise. */
  addTarget(limits: Limits, discovered: Pick<DiscoveredCapacity, 'limitsOf'>, atMs: number): void {
    const { snapshot } = this.#request
    this.#add(limits.ofConnection(snapshot, this.#target.connection), atMs)
    this.#add(limits.ofModel(snapshot, this.#target), atMs)
    this.#add(discovered.limitsOf(this.#target), atMs)
  }

  /** The least that a limit of tokens takes for the request; undefined where there is none. */
  get leastTokens(): number | undefined {
    let least: number | undefined
    for (const { maxTokens, tokens } of this.items)
      if (maxTokens !== Number.POSITIVE_INFINITY && !(least !== undefined && least <= tokens)) least = tokens
    return least
  }

  levels(remaining: readonly Remaining[]): readonly Level[] {
    const levels: Level[] = []
    for (const [index, { maxRequests, maxTokens, period }] of this.#limits.entries()) {
      const left = remaining[index]
      if (!left || period === 'concurrent') continue
      levels.push({ maxRequests, maxTokens, requests: left.requests, tokens: left.tokens, resetMs: left.resetMs })
    }
    return levels
  }

  /** The limit that refused. */
  limitAt(index: number): CompiledLimit {
    const limit = this.#limits[index]
    if (!limit) throw new Error(`The capacity store refused by item ${index} of ${this.#limits.length}`)
    return limit
  }

  #add(limits: readonly CompiledLimit[], atMs: number): void {
    for (const limit of limits) {
      const { key, window, forgettable } = counterOf(limit, this.#request, atMs)
      const { maxRequests, maxTokens } = limit
      this.#limits.push(limit)
      this.items.push({ key, window, forgettable, maxRequests, maxTokens, tokens: this.#tokens(limit) })
    }
  }

  #tokens({ reserve, maxTokens }: CompiledLimit): number {
    if (maxTokens === Number.POSITIVE_INFINITY) return 0
    if (reserve === 'ceiling') return ceilingTokens(this.#target, this.#request.size)
    const { input, output, reservedOutput, least } = this.#estimate
    // While little is known the most is reserved; one out of proportion would refuse the answers to learn from.
    const most = Math.min(input + reservedOutput, Math.floor(maxTokens * MOST_UNKNOWN_SHARE))
    const expected = Math.max(input + output, most)
    // So would what was learned, were it more than all there is: such a request waits until the limit is idle.
    return least <= maxTokens ? Math.min(expected, maxTokens) : expected
  }
}

const MOST_UNKNOWN_SHARE = 0.1

/** What answers of the same kind go by: the resource, or the target that is called directly. */
export const outputKeyOf = ({ resource }: CapacityRequest, target: Target): string => resource?.id ?? target.key

/** What a refusal says about the limit that refused. */
export const refusedLevel = ({ maxRequests, maxTokens }: CompiledLimit, denied: Denied): Level => ({
  maxRequests: denied.measure === 'requests' ? maxRequests : Number.POSITIVE_INFINITY,
  maxTokens: denied.measure === 'tokens' ? maxTokens : Number.POSITIVE_INFINITY,
  requests: (denied.share ?? denied).size - denied.used,
  tokens: (denied.share ?? denied).size - denied.used,
  resetMs: denied.retryAfterMs ?? Number.POSITIVE_INFINITY,
})
