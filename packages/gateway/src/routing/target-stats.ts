import type { Clock } from '../clock.ts'
import type { TargetSignals } from './routing.ts'

const MINUTE_MS = 60_000
const MINUTES = 60
/** Each bucket ends 8 % above the one before. */
const GROWTH = 1.08
/** From 1 ms to about 50 minutes. */
const BUCKETS = 195
/** Clients that may call any model of a connection choose the names of targets. */
const MAX_TARGETS = 1_000

export type Ended = {
  /** `ignored`: it says nothing of the provider, such as a refusal of the gateway or a client that left. */
  readonly outcome: 'ok' | 'provider_failed' | 'ignored'
  /** Milliseconds to the end of the answer. */
  readonly latencyMs?: number | undefined
  /** Milliseconds to the first event of a stream. */
  readonly ttftMs?: number | undefined
}

type Minute = {
  /** Minutes since the epoch; what is older than the window counts for nothing. */
  at: number
  ended: number
  failed: number
  readonly latency: Uint32Array
  readonly ttft: Uint32Array
}

/** A ring of the last hour: the minute `m` is at `m % 60`. */
type Stats = { inFlight: number; lastMinute: number; readonly minutes: (Minute | undefined)[] }

/**
 * What this process saw of each target in the last hour: the current minute and the ones before. Percentiles come from a
 * histogram of logarithmic buckets and are at most 4 % off, for 1 ms to 50 minutes. A target that was not seen for an
 * hour is forgotten, and of more than 1,000 the one that has been known longest.
 */
export class TargetStats implements TargetSignals {
  readonly #clock: Clock
  readonly #remainingPercent: (targetKey: string) => number | undefined
  readonly #targets = new Map<string, Stats>()
  #sweptAt = 0

  constructor(clock: Clock, remainingPercent: (targetKey: string) => number | undefined) {
    this.#clock = clock
    this.#remainingPercent = remainingPercent
  }

  /** A request to the target starts; `ended` is called once for it. */
  began(targetKey: string): void {
    const now = this.#minute()
    let stats = this.#targets.get(targetKey)
    if (!stats) {
      this.#sweep(now)
      stats = { inFlight: 0, lastMinute: now, minutes: new Array(MINUTES).fill(undefined) }
      this.#targets.set(targetKey, stats)
    }
    stats.lastMinute = now
    stats.inFlight++
  }

  ended(targetKey: string, { outcome, latencyMs, ttftMs }: Ended): void {
    const stats = this.#targets.get(targetKey)
    if (!stats) return
    const now = this.#minute()
    stats.lastMinute = now
    if (stats.inFlight > 0) stats.inFlight--
    if (outcome === 'ignored') return
    const minute = minuteOf(stats, now)
    minute.ended++
    if (outcome === 'provider_failed') minute.failed++
    if (latencyMs !== undefined) count(minute.latency, latencyMs)
    if (ttftMs !== undefined) count(minute.ttft, ttftMs)
  }

  errorRate(targetKey: string, minutes: number): number | undefined {
    let ended = 0
    let failed = 0
    for (const minute of this.#window(targetKey, minutes)) {
      ended += minute.ended
      failed += minute.failed
    }
    return ended === 0 ? undefined : failed / ended
  }

  latencyP95(targetKey: string, minutes: number): number | undefined {
    return p95(this.#window(targetKey, minutes).map(({ latency }) => latency))
  }

  ttftP95(targetKey: string, minutes: number): number | undefined {
    return p95(this.#window(targetKey, minutes).map(({ ttft }) => ttft))
  }

  inFlight(targetKey: string): number {
    return this.#targets.get(targetKey)?.inFlight ?? 0
  }

  remainingPercent(targetKey: string): number | undefined {
    return this.#remainingPercent(targetKey)
  }

  /** Targets it remembers. */
  get size(): number {
    return this.#targets.size
  }

  #minute(): number {
    return Math.floor(this.#clock.now() / MINUTE_MS)
  }

  #window(targetKey: string, minutes: number): Minute[] {
    const now = this.#minute()
    const oldest = now - Math.min(minutes, MINUTES) + 1
    return (this.#targets.get(targetKey)?.minutes ?? []).flatMap((minute) =>
      minute && minute.at >= oldest && minute.at <= now ? minute : [],
    )
  }

  /** Makes room for one more. */
  #sweep(now: number): void {
    if (this.#sweptAt !== now) {
      this.#sweptAt = now
      for (const [key, { inFlight, lastMinute }] of this.#targets)
        if (inFlight === 0 && lastMinute <= now - MINUTES) this.#targets.delete(key)
    }
    if (this.#targets.size < MAX_TARGETS) return
    for (const [key, { inFlight }] of this.#targets) {
      if (inFlight > 0) continue
      this.#targets.delete(key)
      return
    }
  }
}

function minuteOf(stats: Stats, now: number): Minute {
  const place = now % MINUTES
  const kept = stats.minutes[place]
  if (kept?.at === now) return kept
  const { latency, ttft } = kept ?? { latency: new Uint32Array(BUCKETS), ttft: new Uint32Array(BUCKETS) }
  latency.fill(0)
  ttft.fill(0)
  const minute = { at: now, ended: 0, failed: 0, latency, ttft }
  stats.minutes[place] = minute
  return minute
}

function count(histogram: Uint32Array, ms: number): void {
  const bucket = ms <= 1 ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(ms) / Math.log(GROWTH)))
  histogram[bucket] = (histogram[bucket] ?? 0) + 1
}

function p95(histograms: readonly Uint32Array[]): number | undefined {
  const sums = new Float64Array(BUCKETS)
  let total = 0
  for (const histogram of histograms) {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const times = histogram[bucket] ?? 0
      sums[bucket] = (sums[bucket] ?? 0) + times
      total += times
    }
  }
  if (total === 0) return undefined
  let left = Math.ceil(total * 0.95)
  const bucket = sums.findIndex((times) => {
    left -= times
    return left <= 0
  })
  // The middle of the bucket, by ratio.
  return GROWTH ** (bucket - 0.5)
}
