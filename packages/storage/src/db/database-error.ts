import pg from 'pg'

/** What of an error of either database leaves this package. */
export type DatabaseError = Error & {
  /** SQLSTATE */
  readonly code: string
  readonly constraint?: string
  readonly table?: string
}

export const isDatabaseError = (error: unknown): error is DatabaseError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'

/**
 * Rejects as `answer` does, with an error that is safe to log: what a server tells besides the message (`detail`,
 * `where`, `internalQuery` …) can hold whole rows.
 */
export const withoutRows = <Answer>(answer: Promise<Answer>): Promise<Answer> =>
  answer.catch((error: unknown) => {
    if (error instanceof pg.DatabaseError)
      for (const field of Object.keys(error)) if (!SAFE.has(field)) Reflect.deleteProperty(error, field)
    throw error
  })

const SAFE: ReadonlySet<string> = new Set(['name', 'code', 'constraint', 'table'])
