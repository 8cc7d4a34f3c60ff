/**
 * Why Redis does not do what it was asked, in words for the log and the readiness report: without what only the client's
 * authors understand, and without anything that was sent, which may be a password.
 */
export function reasonOf(error: unknown): string {
  const message = messageOf(error)
  for (const [pattern, reason] of PLAIN) {
    const found = pattern.exec(message)
    if (found) return reason(found)
  }
  return message
    .replace(/,? with args beginning with:.*$/s, '')
    .replace(/,? script: [0-9a-f]{40}.*$/s, '')
    .trim()
}

/** As {@link reasonOf}, with the node that it is about. */
export function reasonAt(node: string, error: unknown): string {
  const reason = reasonOf(error)
  return reason.includes(node) ? reason : `${node}: ${reason}`
}

/** Whether this only says that there is no connection, which another error has said better. */
export const isVague = (error: unknown): boolean => VAGUE.includes(reasonOf(error))

export const CLOSED = 'the connection was closed'
const NO_CONNECTION = 'there is no connection to it'
const VAGUE: readonly string[] = [CLOSED, NO_CONNECTION]

/** How long a connection may take. */
export const CONNECT_TIMEOUT_MS = 3000

const PLAIN: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [/^Unknown RESP type|Please report this\.$/, () => "does not speak Redis's protocol"],
  [/wrong version number|packet length too long/i, () => 'does not speak TLS: write redis:// if it is to be without'],
  [/^Socket timeout\..* in (\d+)ms/, ([, ms]) => `did not answer within ${ms} ms`],
  [/^connect ETIMEDOUT$/, () => `no connection within ${CONNECT_TIMEOUT_MS / 1000} s`],
  [/^timeout$/, () => 'did not answer in time'],
  [/^Stream isn't writeable/, () => NO_CONNECTION],
  [/^Connection is closed\.|^Command aborted due to|^Reached the max retries per request/, () => CLOSED],
  [
    /^(Failed to refresh slots cache|None of startup nodes|Cluster is disconnect)/,
    () => 'no node of the cluster answers',
  ],
  [/^(-?OOM|.* -?OOM) /, () => 'its memory is full: raise maxmemory'],
  [/\bREADONLY /, () => 'is a replica, or takes no writes now'],
  [/^LOADING /, () => 'is loading its data'],
  [/\bCLUSTERDOWN /, () => 'the cluster is down: not every slot has a master'],
  [/DB index is out of range/, () => 'does not have the database that REDIS_URL names'],
  [/^MOVED /, () => 'is a node of a cluster: write redis+cluster://'],
  [/cluster support disabled/, () => 'is no cluster: write redis:// instead of redis+cluster://'],
]

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // The last that was tried says more than that all have failed.
  if ('lastNodeError' in error && error.lastNodeError instanceof Error) return messageOf(error.lastNodeError)
  // Of a name with several addresses, each of which has failed.
  if (error instanceof AggregateError && error.message === '')
    return [...new Set(error.errors.map(messageOf))].join(', ')
  return error.message
}
