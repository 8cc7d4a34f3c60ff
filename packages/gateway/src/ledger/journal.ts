/**
 * An ended exchange on its way to the stores. `json` is the JSON text of an ExchangeRecord in UTF-8, not to be written
 * to and valid until the sink that read it acknowledges it: then its memory may serve other records.
 */
export type JournalEntry = { readonly seq: number; readonly json: Buffer }

export type JournalStats = {
  /** Records that some sink still has to take. */
  readonly depth: number
  readonly bytes: number
  /** When the oldest of them was written, milliseconds since the epoch. */
  readonly oldestAt: number | null
  /** At its size limit, or its disk has no room: what happens now is the ledger's setting. */
  readonly full: boolean
  readonly setAside: number
}

/**
 * PORT. Keeps records from the moment an exchange ends until every store has them, across the death of the process.
 *
 * A sink is a named reader with a place of its own; a record leaves the journal when every sink has acknowledged it.
 */
export interface Journal {
  /**
   * Notes that an exchange is about to reach a provider; a second note of the same exchange replaces the first.
   * Resolves when the note would survive the process.
   */
  open(id: string, json: string): Promise<void>
  /** Ends an exchange: keeps its record and forgets its note, in one step. Resolves when it would survive the process. */
  append(id: string, json: string): Promise<void>
  /** Notes of exchanges that a dead process left without an end, oldest first. They stay until `append` ends them. */
  orphans(): Promise<readonly string[]>
  /** The oldest records that `sink` has not acknowledged. */
  read(sink: string, limit: number): Promise<readonly JournalEntry[]>
  /** `sink` has everything up to and including `seq`. */
  acknowledge(sink: string, seq: number): Promise<void>
  /** Keeps a record that `sink` refused apart, with the reason; acknowledging it is the caller's. */
  setAside(sink: string, entry: JournalEntry, reason: string): Promise<void>
  /** Calls `listener` after records were appended. One listener a sink; called at most once per batch written. */
  onAppended(listener: () => void): void
  stats(): JournalStats
  /** Writes what was accepted, then closes. */
  close(): Promise<void>
}
