/** The data of a batch is at fault, not the store: sending it again changes nothing. */
export class BatchRejected extends Error {
  override readonly name = 'BatchRejected'
}

/** Where the journal's records end up. */
export interface RecordSink {
  /**
   * Stores a batch, all or nothing. A record whose id is there already is left as it is: batches may be repeated.
   * Throws {@link BatchRejected} when the data is at fault; anything else means the store is away.
   * @param records JSON texts of ExchangeRecords in UTF-8, as the journal holds them: a database parses them itself.
   *   Valid until this settles
   */
  append(records: readonly Buffer[]): Promise<void>
}
