import type { EnvironmentSnapshot, Target } from '../catalog/snapshot.ts'
import { targetsOf } from '../catalog/targets-of.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { DiscoveredCapacity } from './discovered-capacity.ts'
import type { Estimates } from './estimates.ts'
import type { Lessons, Taken } from './lessons.ts'
import type { Batch, Known, SharedKnowledge, TargetNews } from './shared-knowledge.ts'

export type KnowledgeExchangeParts = {
  readonly knowledge: SharedKnowledge
  readonly estimates: Estimates
  readonly discovered: DiscoveredCapacity
  /** A provider asked another replica to leave a target alone for so long. */
  readonly onHold: (targetKey: string, ms: number) => void
  readonly clock: Clock
  readonly log: Log
}

/**
 * Tells other replicas what this one has learned, and takes what they know of the keys that it uses: once a second, off
 * the request path. While they can't be reached, this one goes on with what it knows, and tells them later.
 */
export class KnowledgeExchange {
  readonly #parts: KnowledgeExchangeParts
  readonly #lessons: readonly Lessons[]
  /** By workspace: told, but whether it was heard is not known. */
  readonly #unconfirmed = new Map<string, Batch>()
  readonly #timer: NodeJS.Timeout | undefined
  /** Keys that others were asked for because an environment has them. */
  readonly #prepared = new Set<string>()
  #exchanging: Promise<void> | undefined
  #number = 0
  #failing = false

  constructor(parts: KnowledgeExchangeParts) {
    this.#parts = parts
    const { inputs, outputs, errors } = parts.estimates
    this.#lessons = [inputs, outputs, errors.lessons]
    if (!parts.knowledge.shared) return
    parts.knowledge.listen((news) => this.#heard(news))
    this.#timer = setInterval(() => void this.exchange(), EXCHANGE_MS).unref()
  }

  /** Tells what is new and takes what is known, of all workspaces. Never rejects; one at a time. */
  exchange(): Promise<void> {
    this.#exchanging ??= this.#exchange().finally(() => {
      this.#exchanging = undefined
    })
    return this.#exchanging
  }

  /**
   * Takes what others know of an environment, so that it does not begin with nothing; waits for them for a moment only.
   * Never rejects; undefined where there is nothing to ask.
   */
  prepare(snapshot: EnvironmentSnapshot): Promise<void> | undefined {
    if (!this.#parts.knowledge.shared) return undefined
    const { inputs, outputs } = this.#parts.estimates
    const isNew = (key: string) => !this.#prepared.has(key)
    const targets = targetsOf(snapshot).filter(({ key }) => isNew(key))
    const resourceIds = Array.from(snapshot.resources.values(), ({ id }) => id).filter(isNew)
    const asked = [
      ...resourceIds.map((key) => [outputs, key] as const),
      ...targets.map(({ key }) => [inputs, key] as const),
    ].slice(0, MOST_PREPARED)
    if (asked.length === 0) return undefined
    if (this.#prepared.size > MOST_REMEMBERED) this.#prepared.clear()
    for (const [, key] of asked) this.#prepared.add(key)
    return this.#forAMoment(this.#ask(snapshot.workspaceId, asked, targets.slice(0, MOST_PREPARED)))
  }

  /** Takes what others know of how far estimates were off, and of the targets. As {@link prepare}. */
  async look(workspaceId: string, errorsOf: readonly string[], targets: readonly Target[]): Promise<void> {
    if (!this.#parts.knowledge.shared) return
    const { lessons } = this.#parts.estimates.errors
    const asked = errorsOf.map((key) => [lessons, key] as const)
    await this.#forAMoment(this.exchange().then(() => this.#ask(workspaceId, asked, targets)))
  }

  /** Tells what is left, if others can be reached. */
  async close(): Promise<void> {
    if (!this.#parts.knowledge.shared) return
    clearInterval(this.#timer)
    await this.#exchanging
    await this.exchange()
  }

  async #exchange(): Promise<void> {
    const again = [...this.#unconfirmed.values()]
    const batches = [...again, ...this.#collect()]
    await Promise.all(batches.map((batch) => this.#tell(batch)))
  }

  /** What was taken of workspaces that a batch is already on its way of would have to wait: it is left where it is. */
  #collect(): readonly Batch[] {
    const waits = (workspaceId: string) => this.#unconfirmed.has(workspaceId)
    const taken = this.#lessons.flatMap((lessons) => lessons.take(waits))
    const byWorkspace = Map.groupBy(taken, ({ workspaceId }) => workspaceId)
    return Array.from(byWorkspace, ([workspaceId, lessons]): Batch => {
      const targets = lessons.filter(({ subject }) => subject === 'input').map(({ key }) => key)
      const number = lessons.some(isNews) ? ++this.#number : 0
      return { workspaceId, number, lessons, targets }
    })
  }

  async #tell(batch: Batch): Promise<void> {
    if (batch.number > 0) this.#unconfirmed.set(batch.workspaceId, batch)
    try {
      this.#take(batch, await this.#parts.knowledge.exchange(batch))
      this.#unconfirmed.delete(batch.workspaceId)
      this.#succeeded()
    } catch (error) {
      this.#failed(error)
    }
  }

  async #ask(
    workspaceId: string,
    asked: readonly (readonly [Lessons, string])[],
    targets: readonly Target[],
  ): Promise<void> {
    const lessons = asked.map(([{ subject }, key]) => ({ subject, key, sums: [] }))
    const batch: Batch = { workspaceId, number: 0, lessons, targets: targets.map(({ key }) => key) }
    await this.#parts.knowledge.exchange(batch).then(
      (known) => this.#take(batch, known),
      (error: unknown) => this.#failed(error),
    )
  }

  async #forAMoment(asked: Promise<void>): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, LONGEST_WAIT_MS)
    await Promise.race([asked, late])
    clearTimeout(timer)
  }

  #take({ workspaceId, lessons }: Batch, { learned, targets }: Known): void {
    const nowMs = this.#parts.clock.now()
    for (const [index, { subject, key }] of lessons.entries()) {
      const known = learned[index]
      if (known) this.#lessonsOf(subject)?.learn(workspaceId, key, known, nowMs)
    }
    for (const news of targets) this.#heard(news)
  }

  #lessonsOf(subject: Taken['subject']): Lessons | undefined {
    return this.#lessons.find((lessons) => lessons.subject === subject)
  }

  #heard(news: TargetNews): void {
    if (news.holdMs !== undefined) this.#parts.onHold(news.targetKey, news.holdMs)
    this.#parts.discovered.heard(news)
  }

  #succeeded(): void {
    if (this.#failing) this.#parts.log.info({}, 'Replicas hear of each other again')
    this.#failing = false
  }

  #failed(error: unknown): void {
    if (this.#failing) return
    this.#failing = true
    const reason = error instanceof Error ? error.message : String(error)
    // A warning is due to what they share, and to limits; this costs nobody an answer.
    this.#parts.log.info({ reason }, 'Replicas do not hear of each other: each goes on with what it knows')
  }
}

const isNews = ({ sums }: Taken) => (sums[0] ?? 0) > 0

const EXCHANGE_MS = 1_000
/** How long an environment waits for others before it takes requests without them. */
const LONGEST_WAIT_MS = 250
const MOST_PREPARED = 500
const MOST_REMEMBERED = 10_000
