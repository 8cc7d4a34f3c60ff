const REASONS = {
  busy: 'Too many reads of the audit and of the usage are under way',
  too_long: 'The read of the audit or of the usage takes too long',
  too_many_rows: 'The read of the audit or of the usage would look at too many rows',
} as const

/** A read of the audit or of the usage that is not done: it would cost too much, or others have to be done first. */
export class ReadRefused extends Error {
  override readonly name = 'ReadRefused'
  readonly reason: keyof typeof REASONS

  constructor(reason: keyof typeof REASONS, cause?: unknown) {
    super(REASONS[reason], { cause })
    this.reason = reason
  }
}
