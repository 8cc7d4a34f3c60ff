import { REDIS_PREFIX, type RedisConnection } from '../redis/open-redis.ts'

/** How replicas tell each other that something has changed. Some may be lost: it only makes changes known sooner. */
export type ChangeAnnouncements = {
  /** Called after the commit. Never fails, and waits for nobody. */
  announce(): void
  /** For as long as Redis is open. */
  onAnnounced(listener: () => void): void
}

/** Over Redis: from each replica to all, itself among them. */
export const changeAnnouncements = (redis: Pick<RedisConnection, 'publish' | 'subscribe'>): ChangeAnnouncements => ({
  announce: () => {
    redis.publish(CHANNEL, '').catch(() => {})
  },
  onAnnounced: (listener) => {
    redis.subscribe(CHANNEL, listener)
  },
})

const CHANNEL = `${REDIS_PREFIX}configuration`
