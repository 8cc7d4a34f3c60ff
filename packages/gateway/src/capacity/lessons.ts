import { addSums, isMoving, type Learned, type Lesson, type Subject, WIDTHS } from './shared-knowledge.ts'

/** A lesson on its way, and where it belongs. */
export type Taken = Lesson & { readonly workspaceId: string }

/**
 * What was learned of many keys, here and elsewhere. Bounded: models that are called directly have names that clients
 * choose, so the key that has been known longest goes first.
 */
export class Lessons {
  readonly subject: Subject
  readonly #sharing: boolean
  readonly #kept = new Map<string, Kept>()
  /** Keys that were used since the last {@link take}, and the workspaces that they belong to. */
  readonly #touched = new Map<string, string>()

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
  use(workspaceId: string, key: string): void {
    if (this.#sharing && this.#touched.size < MOST_TOUCHED) this.#touched.set(key, workspaceId)
  }

  add(workspaceId: string, key: string, news: readonly number[], nowMs: number): void {
    const kept = this.#kept.get(key) ?? this.#keep(key, nowMs)
    const moving = isMoving(this.subject)
    addSums(kept.sums, news, moving)
    if (!this.#sharing) return
    kept.news ??= zeros(this.subject)
    addSums(kept.news, news, moving)
    this.use(workspaceId, key)
  }

  /**
   * What is new of the keys that were used since it was last called, for others to be told.
   * @param waits workspaces whose keys are left for the next time that they are used
   */
  take(waits: (workspaceId: string) => boolean): readonly Taken[] {
    const taken: Taken[] = []
    for (const [key, workspaceId] of this.#touched) {
      if (waits(workspaceId)) continue
      const kept = this.#kept.get(key)
      taken.push({ workspaceId, subject: this.subject, key, sums: kept?.news ?? [] })
      if (kept) kept.news = undefined
    }
    this.#touched.clear()
    return taken
  }

  /** Others, who have been told all that was taken, know this: it takes the place of what was known. */
  learn(workspaceId: string, key: string, { sums, ageMs }: Learned, nowMs: number): void {
    const kept = this.#kept.get(key) ?? this.#keep(key, nowMs)
    const { news } = kept
    const moving = isMoving(this.subject)
    // They have forgotten what is still known here.
    if (moving && (sums[0] ?? 0) + 0.5 < (kept.sums[0] ?? 0) - (news?.[0] ?? 0)) {
      kept.news = [...kept.sums]
      return this.use(workspaceId, key)
    }
    kept.sums = zeros(this.subject).map((_zero, index) => sums[index] ?? 0)
    kept.sinceMs = nowMs - ageMs
    if (news) addSums(kept.sums, news, moving)
  }

  #keep(key: string, nowMs: number): Kept {
    const kept: Kept = { sums: zeros(this.subject), news: undefined, sinceMs: nowMs }
    this.#kept.set(key, kept)
    if (this.#kept.size > MOST_KEYS) {
      const oldest = this.#kept.keys().next()
      if (!oldest.done) this.#kept.delete(oldest.value)
    }
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

const MOST_KEYS = 10_000
/** What is more is shared when it is next used. */
const MOST_TOUCHED = 500
