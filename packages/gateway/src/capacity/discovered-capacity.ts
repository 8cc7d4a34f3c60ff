import { KeptByTarget } from '../catalog/kept-by-target.ts'
import type { Target } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'
import type { RateLimits } from '../wire/rate-limits.ts'
import { type CompiledLimit, modelLimitKey } from './limits.ts'
import { DISCOVERED_MS, type TargetNews } from './shared-knowledge.ts'
import { Calendar } from './windows.ts'

/** What a provider allows by its own words, in a minute. */
export type Discovered = {
  readonly requests: number | undefined
  readonly tokens: number | undefined
  /** When it last said so; milliseconds since the epoch. */
  readonly atMs: number
}

export type DiscoveredParts = {
  readonly clock: Clock
  /** Tells other replicas. */
  readonly announce?: (target: Target, discovered: NonNullable<TargetNews['discovered']>) => void
  /** The target is to be left alone for so long. */
  readonly hold?: (target: Target, ms: number) => void
}

/**
 * The limits that providers tell of themselves with their answers, by target. They count for nothing unless the
 * connection enforces them, and are forgotten {@link DISCOVERED_MS} after they were last told.
 */
export class DiscoveredCapacity {
  readonly #parts: DiscoveredParts
  readonly #targets = new KeptByTarget<State>()

  constructor(parts: DiscoveredParts) {
    this.#parts = parts
  }

  /** An answer of the target told this. */
  note(target: Target, { requests, tokens, exhaustedMs }: RateLimits): void {
    const enforced = isEnforced(target)
    if (exhaustedMs > 0 && enforced) this.#parts.hold?.(target, exhaustedMs)
    if (requests === undefined && tokens === undefined) return
    const nowMs = this.#parts.clock.monotonicMs()
    const { key, invented = false } = target
    const state = this.#targets.find(key, invented)
    const same = state !== undefined && state.requests === requests && state.tokens === tokens
    const current = same ? state : this.#keep(key, { requests, tokens }, state?.announcedMs, invented)
    current.atMs = nowMs
    this.#announce(target, current, nowMs)
  }

  /** Another replica was told this. */
  heard({ targetKey, discovered }: TargetNews): void {
    if (!discovered) return
    const { requests, tokens, ageMs } = discovered
    const atMs = this.#parts.clock.monotonicMs() - ageMs
    const state = this.#targets.get(targetKey)
    if (state && state.atMs >= atMs) return
    const same = state !== undefined && state.requests === requests && state.tokens === tokens
    const current = same ? state : this.#keep(targetKey, { requests, tokens }, state?.announcedMs)
    current.atMs = atMs
  }

  of(targetKey: string): Discovered | undefined {
    const state = this.#known(targetKey)
    if (!state) return undefined
    const { clock } = this.#parts
    return { requests: state.requests, tokens: state.tokens, atMs: clock.now() - (clock.monotonicMs() - state.atMs) }
  }

  /** Milliseconds until what is known of the target is forgotten, unless it is told again; undefined where nothing is. */
  forgottenInMs(targetKey: string): number | undefined {
    const state = this.#known(targetKey)
    return state && DISCOVERED_MS - (this.#parts.clock.monotonicMs() - state.atMs) + 1
  }

  /** What is to be counted for a request to the target besides what is configured. */
  limitsOf(target: Pick<Target, 'connection' | 'key' | 'model'>): readonly CompiledLimit[] {
    if (!isEnforced(target)) return NONE
    const state = this.#known(target.key)
    if (!state) return NONE
    state.limits ??= [compile(target, state)]
    return state.limits
  }

  #known(targetKey: string): State | undefined {
    const state = this.#targets.get(targetKey)
    if (!state || this.#parts.clock.monotonicMs() - state.atMs <= DISCOVERED_MS) return state
    this.#targets.delete(targetKey)
    return undefined
  }

  #keep(
    key: string,
    told: Pick<State, 'requests' | 'tokens'>,
    announcedMs = Number.NEGATIVE_INFINITY,
    invented = false,
  ): State {
    const state: State = { ...told, atMs: 0, announced: false, announcedMs, limits: undefined }
    this.#targets.set(key, state, invented)
    return state
  }

  /**
   * At once what is new, now and then what still holds; never often, whatever a provider says in turn, and nothing of
   * models that only clients name.
   */
  #announce(target: Target, state: State, nowMs: number): void {
    const { announce } = this.#parts
    if (!announce || target.invented || nowMs - state.announcedMs < (state.announced ? CONFIRM_MS : LEAST_BETWEEN_MS))
      return
    state.announced = true
    state.announcedMs = nowMs
    announce(target, { requests: state.requests, tokens: state.tokens, ageMs: 0 })
  }
}

type State = {
  readonly requests: number | undefined
  readonly tokens: number | undefined
  /** When it was last told, by the monotonic clock; likewise below. */
  atMs: number
  /** When others were last told anything of the target, and whether it was this. */
  announcedMs: number
  announced: boolean
  limits: readonly CompiledLimit[] | undefined
}

const NONE: readonly CompiledLimit[] = []

const isEnforced = ({ connection }: Pick<Target, 'connection'>) => connection.discoveredCapacity === 'enforce'

function compile({ connection, model }: Pick<Target, 'connection' | 'model'>, state: State): CompiledLimit {
  return {
    owner: 'connection model',
    ownerId: connection.id,
    model,
    period: 'minute',
    dimension: undefined,
    discovered: true,
    key: `{${connection.workspaceId}} minute/discovered ${modelLimitKey(connection.id, model)}`,
    maxRequests: state.requests ?? Number.POSITIVE_INFINITY,
    maxTokens: state.tokens ?? Number.POSITIVE_INFINITY,
    reserve: 'expected',
    calendar: NO_CALENDAR,
  }
}

/** A minute slides: no time zone matters. */
const NO_CALENDAR = new Calendar('UTC')
const CONFIRM_MS = 60_000
const LEAST_BETWEEN_MS = 500
