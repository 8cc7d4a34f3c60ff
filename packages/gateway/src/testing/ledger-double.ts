import type { ExchangeRecord } from '../ledger/exchange-record.ts'
import type { Noted } from '../ledger/ledger.ts'

/** A ledger that keeps what it is given as it was at that moment, can be full, and can be made to wait. */
export class LedgerDouble {
  readonly records: ExchangeRecord[] = []
  readonly notes: ExchangeRecord[] = []
  full = false
  #heldRecords: Promise<void> | undefined
  #heldNotes: Promise<void> | undefined

  accepting(): boolean {
    return !this.full
  }

  async opened(_exchange: Noted, json: string): Promise<void> {
    this.notes.push(JSON.parse(json))
    await this.#heldNotes
  }

  async record(_exchange: Noted, json: string): Promise<void> {
    this.records.push(JSON.parse(json))
    await this.#heldRecords
  }

  get outcomes(): string[] {
    return this.records.map(({ outcome }) => outcome)
  }

  /** Records are kept only once the function it returns was called. */
  holdRecords(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#heldRecords = promise
    return resolve
  }

  holdNotes(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#heldNotes = promise
    return resolve
  }
}
