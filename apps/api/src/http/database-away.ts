/**
 * Whether it says that no database answers, or none in time. Codes are of PostgreSQL
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html) and of the network; the drivers say some of it in
 * words alone.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return CODES.test(code) || WORDS.test(error.message)
}

/** Connection failures, shutdown of the server, too many connections, and statements that took too long. */
const CODES = /^(08|53|57P|57014|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET)/

const WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|PostgreSQL has not answered|Client (has encountered a connection error|was closed)|Cannot use a pool after calling end|The embedded database has stopped)/
