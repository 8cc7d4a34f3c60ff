/** What answers teach: bytes per token of a target, output of a resource, how far estimates were off. */
export type Subject = 'input' | 'output' | 'error'

/**
 * What was learned of one key. `sums` begin with the number of answers; the sums of these follow, as many as the subject
 * has. Keys are unique within their workspace.
 */
export type Lesson = {
  readonly subject: Subject
  readonly key: string
  /** Since the batch before. Where no answer is counted, it only asks. */
  readonly sums: readonly number[]
}

/** What one replica has learned in one workspace, and what it wants to know. */
export type Batch = {
  readonly workspaceId: string
  /** Grows with each batch of this replica that tells something; a batch that is told again counts nothing. 0: only asks. */
  readonly number: number
  readonly lessons: readonly Lesson[]
  /** Keys of targets whose state is wanted. */
  readonly targets: readonly string[]
}

/** What all replicas together have learned of a key. */
export type Learned = {
  readonly sums: readonly number[]
  /** Since when, in milliseconds before now. */
  readonly ageMs: number
}

/** What the provider itself was found to allow in a minute. */
export type DiscoveredLimits = {
  readonly requests: number | undefined
  readonly tokens: number | undefined
}

/** What one replica tells the others about a target. */
export type TargetNews = {
  readonly workspaceId: string
  readonly targetKey: string
  readonly discovered?: DiscoveredLimits & {
    /** How long ago the provider said so, in milliseconds. */
    readonly ageMs: number
  }
  /** The provider asked not to be asked for so long. */
  readonly holdMs?: number
}

export type Known = {
  /** One for each lesson of the batch; undefined where nobody has learned anything. */
  readonly learned: readonly (Learned | undefined)[]
  /** Of the targets that were asked for, those of which something is known. */
  readonly targets: readonly TargetNews[]
}

/**
 * PORT. What replicas tell each other beside what they count: nothing here decides about a request alone, and all of it
 * may be lost. Lessons are kept for {@link LESSON_MS} after the last one, what was discovered for {@link DISCOVERED_MS}
 * after it was last announced, a hold for its time.
 */
export interface SharedKnowledge {
  /** False where there is nobody to tell: then nothing else is called. */
  readonly shared: boolean
  /**
   * Adds what is new and answers what all know now, of one workspace, in one round trip. `input` and `output` weigh the
   * last {@link MOST_RECENT} answers at most, see {@link addSums}; `error` adds up. Rejects when it can't be reached: the
   * same batch may be told again.
   */
  exchange(batch: Batch): Promise<Known>
  /** Tells all replicas, this one included or not, within a moment. Not waited for; never fails. */
  announce(news: TargetNews): void
  /** Called with what is announced. One listener. */
  listen(listener: (news: TargetNews) => void): void
}

/** Where one process is alone. */
export const NO_SHARED_KNOWLEDGE: SharedKnowledge = {
  shared: false,
  exchange: async () => ({ learned: [], targets: [] }),
  announce: () => {},
  listen: () => {},
}

export const LESSON_MS = 7 * 86_400_000
export const DISCOVERED_MS = 10 * 60_000

/**
 * How many answers a moving mean weighs: with each one more, what came before loses a twentieth. Until then it is the
 * plain mean.
 */
export const MOST_RECENT = 20

/** Adds `news` to `sums`. Moving: what was known makes room, so that {@link MOST_RECENT} answers are weighed at most. */
export function addSums(sums: number[], news: readonly number[], moving: boolean): void {
  const [known = 0] = sums
  const [added = 0] = news
  const most = moving ? MOST_RECENT : Number.POSITIVE_INFINITY
  const kept = known + added <= most || known === 0 ? 1 : Math.max(0, most - added) / known
  const taken = added <= most ? 1 : most / added
  for (let index = 0; index < sums.length; index++) sums[index] = (sums[index] ?? 0) * kept + (news[index] ?? 0) * taken
}

export const isMoving = (subject: Subject) => subject !== 'error'

/** How many numbers its lessons have. */
export const WIDTHS: Readonly<Record<Subject, number>> = { input: 3, output: 2, error: 5 }
