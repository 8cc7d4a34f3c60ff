import type { Log } from '@vm-x/gateway'
import pg from 'pg'
import { connectionOf } from '../db/postgres.ts'
import { CHANGE_CHANNEL } from './record-change.ts'

export type NotificationsOptions = {
  readonly url: string
  readonly caFile: string | undefined
  /** Called for each change, and once a connection listens: what came before it was not heard. */
  readonly onNotified: () => unknown
  readonly log: Log
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>
  /** From 0 up to 1. */
  readonly random: () => number
  readonly closing: AbortSignal
}

/**
 * Listens for changes on a connection of its own, and makes a new one whenever it is lost, until `closing` is aborted.
 * Only makes changes known sooner: whoever opens it must find them without it too.
 */
export async function listenForChanges(options: NotificationsOptions): Promise<void> {
  const { log, pause, random, closing } = options
  let failures = 0
  const listening = () => {
    if (failures > 0) log.info({}, 'Changes of the configuration are notified again')
    failures = 0
  }
  while (!closing.aborted) {
    const error = await listen(options, listening)
    if (closing.aborted) return
    if (failures === 0)
      log.warn(
        { reason: error.message },
        'Changes of the configuration are not notified now: they are found by polling',
      )
    failures++
    const longest = Math.min(SHORTEST_BACKOFF_MS * 2 ** (failures - 1), LONGEST_BACKOFF_MS)
    await pause(longest * (0.5 + random() / 2), closing)
  }
}

const SHORTEST_BACKOFF_MS = 100
const LONGEST_BACKOFF_MS = 5_000

/** One connection, from its beginning to its end. Answers what has ended it. */
async function listen(
  { url, caFile, onNotified, closing }: NotificationsOptions,
  listening: () => void,
): Promise<Error> {
  let client: pg.Client | undefined
  const lost = Promise.withResolvers<Error>()
  const end = () => {
    lost.resolve(new Error('The connection was closed'))
    void client?.end().catch(() => {})
  }
  closing.addEventListener('abort', end)
  try {
    client = new pg.Client({ ...connectionOf(url, caFile), ...CONNECTION })
    client.on('error', lost.resolve)
    client.on('end', end)
    client.on('notification', onNotified)
    await client.connect()
    await client.query(`listen ${CHANGE_CHANNEL}`)
    listening()
    onNotified()
    return await lost.promise
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    closing.removeEventListener('abort', end)
    end()
  }
}

const ANSWER_TIMEOUT_MS = 5_000
const CONNECTION: pg.ClientConfig = {
  application_name: 'vm-x-ai changes',
  connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
  query_timeout: ANSWER_TIMEOUT_MS,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
}
