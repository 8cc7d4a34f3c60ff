import { ReadRefused } from '@vm-x/storage'
import { type FieldError, invalidFields, Problem } from '../http/problem.ts'

/** Rethrows what a store throws, a refusal to read as the problem that says what to do. */
export function asReadProblem(error: unknown): never {
  throw error instanceof ReadRefused ? PROBLEMS[error.reason](error) : error
}

const TOO_MANY_ROWS: FieldError = {
  path: 'from',
  message:
    'leaves more exchanges than the embedded database may look at for one answer: name a shorter time, with `from` and `to`',
}

const PROBLEMS: Record<ReadRefused['reason'], (cause: ReadRefused) => Problem> = {
  busy: (cause) =>
    new Problem('unavailable', 'Too many reads of the audit and the usage are under way: try again in a moment', {
      retryAfterMs: 2000,
      cause,
    }),
  too_long: (cause) =>
    new Problem('unavailable', 'To answer this takes too long: ask for less, such as a shorter time', { cause }),
  too_many_rows: () => invalidFields([TOO_MANY_ROWS]),
}
