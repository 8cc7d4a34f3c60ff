import { KeptByTarget } from '../catalog/kept-by-target.ts'
import { addSums, isMoving, type Learned, type Lesson, type Subject, WIDTHS } from './shared-knowledge.ts'

/** A lesson on its way, and where it belongs. */
export type Taken = Lesson & { readonly workspaceId: string }

/**
 * What was learned of many keys, here and elsewhere. Bounded. What was learned of models that only clients name stays
 * here: others are told of nothing that clients could invent.
 */
export class Lessons {
  readonly subject: Subject
  readonly #sharing: boolean
  readonly #kept = new KeptByTarget<Kept>((key) => this.#untold.delete(key))
  /** Keys of which others have not been told all, and the workspaces that they belong to. */
  readonly #untold = new Map<string, string>()
  /** Keys that were used since the last {@link take}, likewise. */
  readonly #used = new Map<string, string>()

  /** @param sharing whether others are to be told */
  constructor(subject: Subject, sharing: boolean) {
    this.subject = subject
    this.#sharing = sharing
  }

  /** The sums of a key, the number of answers first; undefined while nothing is known. */
  sums(key: string): readonly number[] | undefined {
    return this.#kept.get(key)?.sums
  }

  keys(): Iterable<string> {
    return this.#kept.keys()
  }

  /** When the first answer was counted that is in the sums; milliseconds since the epoch. */
  sinceMs(key: string): number | undefined {
    return this.#kept.get(key)?.sinceMs
  }

  /** What others know of the key is wanted. */
  use(workspaceId: string, key: string, invented = false): void {
    if (this.#sharing && !invented && this.#used.size < MOST_TAKEN) this.#used.set(key, workspaceId)
  }

  /** @param invented whether only clients name the key */
  add(workspaceId: string, key: string, news: readonly number[], nowMs: number, invented = false): void {
    const kept = this.#kept.find(key, invented) ?? this.#keep(key, nowMs, invented)
    const moving = isMoving(this.subject)
    addSums(kept.sums, news, moving)
    if (!this.#sharing || invented) return
    kept.news ??= zeros(this.subject)
    addSums(kept.news, news, moving)
    this.#untold.set(key, workspaceId)
  }

  /**
   * What is new for others, and then the keys that were used since it was last called, to be asked for: of both together
   * {@link MOST_TAKEN}; what is more of the news waits.
   * @param waits workspaces that others can't be told of now
   */
  take(waits: (workspaceId: string) => boolean): readonly Taken[] {
    const { subject } = this
    const taken: Taken[] = []
    for (const [key, workspaceId] of this.#untold) {
      if (taken.length === MOST_TAKEN) break
      if (waits(workspaceId)) continue
      this.#untold.delete(key)
      this.#used.delete(key)
      const kept = this.#kept.get(key)
      taken.push({ workspaceId, subject, key, sums: kept?.news ?? [] })
      if (kept) kept.news = undefined
    }
    for (const [key, workspaceId] of this.#used)
      if (taken.length < MOST_TAKEN && !waits(workspaceId)) taken.push({ workspaceId, subject, key, sums: [] })
    this.#used.clear()
    return taken
  }

  /** Others, who have been told all that was taken, know this: it takes the place of what was known. */
  learn(workspaceId: string, key: string, { sums, ageMs }: Learned, nowMs: number): void {
    const kept = this.#kept.get(key) ?? this.#keep(key, nowMs, false)
    const { news } = kept
    const moving = isMoving(this.subject)
    // They have forgotten what is still known here.
    if (moving && (sums[0] ?? 0) + 0.5 < (kept.sums[0] ?? 0) - (news?.[0] ?? 0)) {
      kept.news = [...kept.sums]
      this.#untold.set(key, workspaceId)
      return
    }
    kept.sums = zeros(this.subject).map((_zero, index) => sums[index] ?? 0)
    kept.sinceMs = nowMs - ageMs
    if (news) addSums(kept.sums, news, moving)
  }

  #keep(key: string, nowMs: number, invented: boolean): Kept {
    const kept: Kept = { sums: zeros(this.subject), news: undefined, sinceMs: nowMs }
    this.#kept.set(key, kept, invented)
    return kept
  }
}

type Kept = {
  sums: number[]
  /** What others have not been told of it. */
  news: number[] | undefined
  sinceMs: number
}

const zeros = (subject: Subject): number[] => new Array<number>(WIDTHS[subject]).fill(0)

/** One script of Redis sees to all of it in about a millisecond. */
const MOST_TAKEN = 500
