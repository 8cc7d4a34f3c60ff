import { randomUUID } from 'node:crypto'
import {
  type Batch,
  DISCOVERED_MS,
  isMoving,
  type Known,
  LESSON_MS,
  type SharedKnowledge,
  type TargetNews,
  WIDTHS,
} from '@vm-x/gateway'
import { REDIS_PREFIX, type RedisConnection } from '../redis/open-redis.ts'
import { reasonOf } from '../redis/redis-reason.ts'
import { ANNOUNCE, EXCHANGE } from './knowledge-scripts.ts'
import { readLearned, readNews, readTarget, writeNews } from './knowledge-texts.ts'

/**
 * What replicas tell each other, in Redis. Keys of a workspace carry its hash tag, so one script sees them all on one
 * node; every key has an expiry, set with its value.
 */
export class RedisSharedKnowledge implements SharedKnowledge {
  readonly shared = true
  readonly #redis: RedisConnection
  readonly #prefix: string
  /** Of this process: what it told is known by it. */
  readonly #replica = randomUUID()

  /** @param prefix of all keys and of the channel: of another installation in the same Redis another one */
  constructor(redis: RedisConnection, prefix = REDIS_PREFIX) {
    this.#redis = redis
    this.#prefix = prefix
  }

  async exchange({ workspaceId, number, lessons, targets }: Batch): Promise<Known> {
    const keys = [this.#key(workspaceId, `told ${this.#replica}`)]
    const args: (string | number)[] = [number, TOLD_MS, LESSON_MS, lessons.length, targets.length]
    for (const { subject, key, sums } of lessons) {
      keys.push(this.#key(workspaceId, `learned ${subject} ${key}`))
      args.push(isMoving(subject) ? 1 : 0)
      for (let index = 0; index < WIDTHS[subject]; index++) args.push(sums[index] ?? 0)
      args.push(';')
    }
    for (const targetKey of targets)
      keys.push(this.#limitsKey(workspaceId, targetKey), this.#holdKey(workspaceId, targetKey))
    const answer: unknown = await this.#redis.within(this.#redis.run(EXCHANGE, keys, args)).catch(inPlainWords)
    if (!Array.isArray(answer)) throw new Error('Redis answered something else than what replicas know')
    return {
      learned: lessons.map(({ subject }, index) => readLearned(answer[index], WIDTHS[subject])),
      targets: targets.flatMap(
        (targetKey, index) => readTarget(workspaceId, targetKey, answer[lessons.length + index]) ?? [],
      ),
    }
  }

  announce(news: TargetNews): void {
    const { workspaceId, targetKey, discovered, holdMs } = news
    const kept: Promise<unknown>[] = []
    if (discovered) {
      const { requests = '', tokens = '' } = discovered
      kept.push(this.#keep(this.#limitsKey(workspaceId, targetKey), `${requests} ${tokens}`, DISCOVERED_MS))
    }
    if (holdMs !== undefined && holdMs >= 1)
      kept.push(this.#keep(this.#holdKey(workspaceId, targetKey), '', Math.floor(holdMs)))
    kept.push(this.#redis.publish(this.#channel, writeNews(news)))
    // Who is not told now asks within a second.
    for (const each of kept) each.catch(() => {})
  }

  listen(listener: (news: TargetNews) => void): void {
    this.#redis.subscribe(this.#channel, (message) => {
      const news = readNews(message)
      if (news) listener(news)
    })
  }

  get #channel(): string {
    return `${this.#prefix}targets`
  }

  /** Unless what is kept there lasts longer. */
  #keep(key: string, value: string, ms: number): Promise<unknown> {
    return this.#redis.run(ANNOUNCE, [key], [value, ms])
  }

  #limitsKey(workspaceId: string, targetKey: string): string {
    return this.#key(workspaceId, `discovered ${targetKey}`)
  }

  #holdKey(workspaceId: string, targetKey: string): string {
    return this.#key(workspaceId, `held ${targetKey}`)
  }

  #key(workspaceId: string, rest: string): string {
    return `${this.#prefix}{${workspaceId}} ${rest}`
  }
}

/** A batch is told again within seconds, or as long as Redis is away. */
const TOLD_MS = 3_600_000

function inPlainWords(error: unknown): never {
  throw new Error(reasonOf(error), { cause: error })
}
