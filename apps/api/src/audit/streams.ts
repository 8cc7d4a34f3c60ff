import { Problem } from '../http/problem.ts'

type Limits = {
  /** e.g. `live tails` */
  readonly what: string
  readonly most: number
  readonly mostOfAUser: number
  /** Whether no more may begin. */
  readonly draining: () => boolean
}

/** The answers of one kind that this process sends for long: few at once, and none beyond its end. */
export class Streams {
  readonly #limits: Limits
  readonly #shutdown = new AbortController()
  readonly #open = new Set<{ readonly userId: string; readonly ended: Promise<void> }>()

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /**
   * Resolves when `send` does, which has to end when its signal says that the server stops. Throws `unavailable` when
   * there are too many already.
   */
  async run(userId: string, send: (ending: AbortSignal) => Promise<void>): Promise<void> {
    this.#requireRoom(userId)
    const stream = { userId, ended: send(this.#shutdown.signal) }
    this.#open.add(stream)
    await stream.ended.finally(() => this.#open.delete(stream))
  }

  /** Ends all. What is being read is waited for, clients are not. */
  async close(): Promise<void> {
    this.#shutdown.abort()
    await Promise.allSettled([...this.#open].map(({ ended }) => ended))
  }

  #requireRoom(of: string): void {
    const { what, most, mostOfAUser, draining } = this.#limits
    const refused = (detail: string) => new Problem('unavailable', detail, { retryAfterMs: 5000 })
    if (draining()) throw refused('The server is about to stop')
    if ([...this.#open].filter(({ userId }) => userId === of).length >= mostOfAUser)
      throw refused(`You have ${mostOfAUser} ${what} under way already, which is all that one user may: end one`)
    if (this.#open.size >= most)
      throw refused(`This server has ${most} ${what} under way already, which is all that it does`)
  }
}
