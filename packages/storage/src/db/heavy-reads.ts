import { isDatabaseError } from './database-error.ts'
import { ReadRefused } from './read-refused.ts'

type Options = {
  readonly atOnce: number
  /** How many may wait for one of those to end. */
  readonly waiting: number
}

/** Reads of the audit and of the usage that may take long: a few at once and few that wait, whoever asks for them. */
export class HeavyReads {
  readonly #atOnce: number
  readonly #mostWaiting: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor({ atOnce, waiting }: Options) {
    this.#atOnce = atOnce
    this.#mostWaiting = waiting
  }

  /**
   * Runs `read` when it is its turn. Throws {@link ReadRefused}: `busy` when too many wait already, save for what is
   * `patient`, whose number its caller bounds; `too_long` when the server has ended it.
   */
  async run<Result>(read: () => Promise<Result>, { patient = false } = {}): Promise<Result> {
    await this.#turn(patient)
    try {
      return await read()
    } catch (error) {
      throw isDatabaseError(error) && error.code === QUERY_CANCELED ? new ReadRefused('too_long', error) : error
    } finally {
      const next = this.#waiting.shift()
      // A turn is handed on: nobody who comes meanwhile can take it.
      if (next) next()
      else this.#running -= 1
    }
  }

  async #turn(patient: boolean): Promise<void> {
    if (this.#running < this.#atOnce) {
      this.#running += 1
      return
    }
    if (!patient && this.#waiting.length >= this.#mostWaiting) throw new ReadRefused('busy')
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: the statement timeout, among others. */
const QUERY_CANCELED = '57014'
