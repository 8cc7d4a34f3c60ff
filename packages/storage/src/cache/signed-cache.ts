import { createHmac, timingSafeEqual } from 'node:crypto'
import { REDIS_PREFIX, type RedisConnection } from '../redis/open-redis.ts'

/**
 * Texts kept in Redis for all replicas. Never the truth: it may be empty, away or old. What
 * this installation has not put there itself, under that very key, counts as nothing: whoever can write to Redis must
 * not be able to say what is configured or who is signed in. Nothing rejects.
 */
export type SignedCache = {
  /** Null: nothing is kept. Undefined: whether something is kept is not known, since Redis does not answer. */
  get(key: string): Promise<string | null | undefined>
  /** Resolves once it is kept, or is not. */
  set(key: string, text: string, ttlMs: number): Promise<void>
  /** For one replica at a time, until it is released, `ttlMs` at the longest; `away` where that is not known. */
  take(key: string, ttlMs: number): Promise<'taken' | 'held' | 'away'>
  release(key: string): Promise<void>
}

/** @param secret that all replicas share and nobody else knows */
export function openSignedCache(
  { client, within, state }: Pick<RedisConnection, 'client' | 'within' | 'state'>,
  secret: string,
): SignedCache {
  /** Whoever waits for a cache would have been served by the store meanwhile. */
  const ask = async <T>(command: () => Promise<T>): Promise<T | undefined> => {
    if (!state().connected) return undefined
    return await within(command(), LONGEST_WAIT_MS).catch(() => undefined)
  }
  const signature = (key: string, text: string) =>
    createHmac('sha256', secret).update(`${key.length}:${key}`).update(text).digest('base64url')
  return {
    get: async (key) => {
      const kept = await ask(() => client.get(REDIS_PREFIX + key))
      if (typeof kept !== 'string') return kept
      const text = kept.slice(SIGNATURE_LENGTH)
      return isSame(kept.slice(0, SIGNATURE_LENGTH), signature(key, text)) ? text : null
    },
    set: async (key, text, ttlMs) => {
      await ask(() => client.set(REDIS_PREFIX + key, signature(key, text) + text, 'PX', ttlMs))
    },
    take: async (key, ttlMs) => {
      const answer = await ask(() => client.set(REDIS_PREFIX + key, '', 'PX', ttlMs, 'NX'))
      return answer === 'OK' ? 'taken' : answer === null ? 'held' : 'away'
    },
    release: async (key) => {
      await ask(() => client.del(REDIS_PREFIX + key))
    },
  }
}

const LONGEST_WAIT_MS = 250
const SIGNATURE_LENGTH = 43

function isSame(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)]
  return one.length === other.length && timingSafeEqual(one, other)
}
