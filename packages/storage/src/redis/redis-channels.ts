import { Cluster } from 'ioredis'
import type { RedisClient } from './open-redis.ts'

export type RedisChannels = {
  /** From when Redis is there on; what is published while it is away, or before, is not told. */
  subscribe(channel: string, listener: (message: string) => void): () => void
  /** Rejects if Redis is away. */
  publish(channel: string, message: string): Promise<void>
  close(): void
}

const RETRY_MS = 1000

/** Publishing and being told over a connection of its own, which opens with the first subscription. */
export function openChannels(client: RedisClient): RedisChannels {
  const listeners = new Map<string, Set<(message: string) => void>>()
  let subscriber: RedisClient | undefined
  let retry: NodeJS.Timeout | undefined

  const subscribeAll = () => {
    clearTimeout(retry)
    const channels = [...listeners.keys()]
    if (channels.length === 0 || subscriber?.status !== 'ready') return
    subscriber.subscribe(...channels).catch(() => {
      retry = setTimeout(subscribeAll, RETRY_MS).unref()
    })
  }
  const open = () => {
    // A cluster's client has a connection for subscriptions besides those for commands, and moves it by itself.
    const opened = client instanceof Cluster ? client : client.duplicate({ autoResubscribe: false })
    if (opened !== client) opened.on('error', () => {})
    opened.on('ready', subscribeAll)
    opened.on('message', (channel: string, message: string) => {
      for (const listener of listeners.get(channel) ?? []) listener(message)
    })
    return opened
  }
  return {
    subscribe: (channel, listener) => {
      subscriber ??= open()
      const told = listeners.get(channel) ?? new Set()
      listeners.set(channel, told.add(listener))
      subscribeAll()
      return () => {
        told.delete(listener)
      }
    },
    publish: async (channel, message) => {
      await client.publish(channel, message)
    },
    close: () => {
      clearTimeout(retry)
      listeners.clear()
      if (subscriber !== client) subscriber?.disconnect()
    },
  }
}
