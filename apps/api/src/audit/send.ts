import type { ServerResponse } from 'node:http'
import type { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Node looks twice: who takes nothing is cut off after one to two of these. */
const STANDSTILL_MS = 60_000

export type SendOptions = {
  /** Breaks the answer off. */
  readonly signal?: AbortSignal
  readonly standstillMs?: number
}

/**
 * Sends what the streams give as fast as it is taken, and ends the response. What fails under way breaks the response
 * off and rejects. Once the client has left, has taken nothing for too long, or `signal` says so, it resolves; nothing
 * is read any more then.
 */
export async function send(
  streams: readonly (Readable | Transform)[],
  response: ServerResponse,
  { signal, standstillMs = STANDSTILL_MS }: SendOptions = {},
): Promise<void> {
  // Without anything to take, it is not the client who is slow.
  response.setTimeout(standstillMs, () => response.writableLength > 0 && response.destroy())
  try {
    await pipeline([...streams, response], signal ? { signal } : {})
  } catch (error) {
    if (signal?.aborted) response.destroy()
    else if (!hasLeft(error)) throw error
  }
}

/** Whether a pipeline failed for nothing but that its client is gone. */
const hasLeft = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^ERR_STREAM_(PREMATURE_CLOSE|UNABLE_TO_PIPE)$/.test(String(error.code))
