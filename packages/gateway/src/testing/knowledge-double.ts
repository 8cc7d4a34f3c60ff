import {
  addSums,
  type Batch,
  DISCOVERED_MS,
  isMoving,
  type Known,
  type Learned,
  type SharedKnowledge,
  type TargetNews,
  WIDTHS,
} from '../capacity/shared-knowledge.ts'
import type { Clock } from '../clock.ts'

/** What replicas in one process tell each other; it can be away, and counts what it is asked. */
export class KnowledgeDouble {
  readonly #clock: Clock
  readonly #lessons = new Map<string, { sums: number[]; sinceMs: number }>()
  readonly #discovered = new Map<string, { news: TargetNews; atMs: number }>()
  readonly #holds = new Map<string, { news: TargetNews; untilMs: number }>()
  readonly #listeners: ((news: TargetNews) => void)[] = []
  away = false
  /** Hears, and answers nothing. */
  deaf = false
  readonly batches: Batch[] = []
  readonly announced: TargetNews[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  forget(): void {
    this.#lessons.clear()
  }

  replica(): SharedKnowledge {
    const told = new Map<string, number>()
    return {
      shared: true,
      exchange: async (batch) => {
        this.batches.push(batch)
        if (this.away) throw new Error('away')
        const known = this.#exchange(batch, told)
        if (this.deaf) throw new Error('no answer')
        return known
      },
      announce: (news) => this.#announce(news),
      listen: (listener) => this.#listeners.push(listener),
    }
  }

  #exchange({ workspaceId, number, lessons, targets }: Batch, told: Map<string, number>): Known {
    const fresh = number > (told.get(workspaceId) ?? 0)
    if (fresh) told.set(workspaceId, number)
    const learned = lessons.map(({ subject, key, sums }): Learned | undefined => {
      const id = `${workspaceId} ${subject} ${key}`
      const nowMs = this.#clock.now()
      if (fresh && (sums[0] ?? 0) > 0) {
        const kept = this.#lessons.get(id) ?? { sums: new Array<number>(WIDTHS[subject]).fill(0), sinceMs: nowMs }
        addSums(kept.sums, sums, isMoving(subject))
        this.#lessons.set(id, kept)
      }
      const kept = this.#lessons.get(id)
      return kept && { sums: [...kept.sums], ageMs: nowMs - kept.sinceMs }
    })
    return { learned, targets: targets.flatMap((targetKey) => this.#newsOf(workspaceId, targetKey) ?? []) }
  }

  #newsOf(workspaceId: string, targetKey: string): TargetNews | undefined {
    const nowMs = this.#clock.monotonicMs()
    const id = `${workspaceId} ${targetKey}`
    const discovered = this.#discovered.get(id)
    const ageMs = nowMs - (discovered?.atMs ?? 0)
    const holdMs = (this.#holds.get(id)?.untilMs ?? 0) - nowMs
    const known = discovered?.news.discovered && ageMs < DISCOVERED_MS ? discovered.news.discovered : undefined
    if (!known && holdMs <= 0) return undefined
    return {
      workspaceId,
      targetKey,
      ...(known && { discovered: { ...known, ageMs } }),
      ...(holdMs > 0 && { holdMs }),
    }
  }

  #announce(news: TargetNews): void {
    this.announced.push(news)
    if (this.away) return
    const id = `${news.workspaceId} ${news.targetKey}`
    const nowMs = this.#clock.monotonicMs()
    if (news.discovered) this.#discovered.set(id, { news, atMs: nowMs })
    const untilMs = nowMs + (news.holdMs ?? 0)
    if (news.holdMs !== undefined && untilMs > (this.#holds.get(id)?.untilMs ?? 0))
      this.#holds.set(id, { news, untilMs })
    for (const listener of this.#listeners) listener(news)
  }
}
