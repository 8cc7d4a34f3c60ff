import { createHash } from 'node:crypto'
import { Command, Redis } from 'ioredis'
import type { RedisClient } from './open-redis.ts'

/** A Lua script, and the name by which Redis knows it once it has seen it. */
export type RedisScript = { readonly sha: string; readonly source: string }

/** The script of `source`, whose SHA-1 is computed once. */
export const redisScript = (source: string): RedisScript => ({
  sha: createHash('sha1').update(source).digest('hex'),
  source,
})

export type RunScript = (
  script: RedisScript,
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
) => Promise<unknown>

/**
 * Runs scripts by their SHA, and with their source where Redis does not know them: after a start, a failover or
 * `SCRIPT FLUSH`. What is run until the event loop has seen to all that came in leaves in one write.
 */
export function scriptRunner(client: RedisClient): RunScript {
  const batched = batchedWrites(client)
  const send = (name: string, first: string, keys: readonly string[], args: readonly (string | number | Buffer)[]) => {
    const command = new Command(name, [first, String(keys.length), ...keys, ...args], { replyEncoding: 'utf8' })
    batched()
    return client.sendCommand(command) as Promise<unknown>
  }
  return (script, keys, args) =>
    send('evalsha', script.sha, keys, args).catch((error: unknown) => {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return send('eval', script.source, keys, args)
    })
}

/** One write to a socket costs more than all else about a small command: they are held until the loop turns. */
function batchedWrites(client: RedisClient): () => void {
  let held: NodeStream[] | undefined
  const flush = () => {
    const streams = held ?? []
    held = undefined
    for (const stream of streams) stream.uncork()
  }
  return () => {
    if (held !== undefined) return
    held = []
    for (const { status, stream } of client instanceof Redis ? [client] : client.nodes('master')) {
      if (status !== 'ready') continue
      stream.cork()
      held.push(stream)
    }
    setImmediate(flush)
  }
}

type NodeStream = Redis['stream']
