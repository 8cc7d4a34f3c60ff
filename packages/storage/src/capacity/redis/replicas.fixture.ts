import { randomUUID } from 'node:crypto'
import type { CapacityItem, Clock, Denied, Granted, Receipt, Reservation } from '@vm-x/gateway'
import { DrivenClock } from '@vm-x/gateway/testing'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { openRedis, type RedisConnection } from '../../redis/open-redis.ts'
import { type CapacityScripts, capacityScripts } from './capacity-scripts.ts'
import { type RedisCapacityOptions, RedisCapacityStore } from './redis-capacity-store.ts'

export type Server = {
  readonly url: string
  command(...args: (string | number)[]): Promise<unknown>
  stop(): Promise<void>
  kill(): Promise<void>
  start(): Promise<void>
  freeze(): Promise<void>
  thaw(): Promise<void>
}

export type Cluster = {
  readonly url: string
  masterOf(key: string): Promise<Server>
  stop(): Promise<void>
}

const services: {
  startRedis(options: { own: true; config?: Readonly<Record<string, string | number>> }): Promise<Server>
} = await import(new URL('../../../../../scripts/redis-services.mjs', import.meta.url).href)

const clusters: {
  startRedisCluster(options: { nodeTimeoutMs: number }): Promise<Cluster>
} = await import(new URL('../../../../../scripts/redis-cluster.mjs', import.meta.url).href)

/** A cluster of the test's own; a master that is gone is soon replaced. */
export const startCluster = (): Promise<Cluster> => clusters.startRedisCluster({ nodeTimeoutMs: 1000 })

/** A server of the test's own, to be killed, frozen and filled. */
export const startServer = (config: Readonly<Record<string, string | number>> = {}): Promise<Server> =>
  services.startRedis({ own: true, config })

type ScriptName = keyof CapacityScripts

/** Runs instead of a script: `run` runs it. */
export type Meddle = (name: ScriptName, run: () => Promise<unknown>, keys: readonly string[]) => Promise<unknown>

const GIVEN_CLOCK = 'local function now_ms() return tonumber(ARGV[2]) end\n'

export type Setting = Partial<
  Pick<RedisCapacityOptions, 'attendance' | 'gatherMs' | 'onFailure' | 'prefix' | 'timeoutMs'>
> & {
  readonly url: string
  /** Of the replica; driven unless it is given. */
  readonly clock?: Clock
  /** What the scripts are told; the replica's clock unless it is given. */
  readonly clockOfRedis?: Clock
}

/** A store with a connection of its own, whose calls can be meddled with. */
export class Replica {
  readonly store: RedisCapacityStore
  readonly redis: RedisConnection
  readonly logged: string[] = []
  /** The workspaces whose loss was told. */
  readonly losses: string[] = []
  /** How often each script was asked for. */
  readonly calls: ScriptName[] = []
  meddle: Meddle = (_name, run) => run()

  constructor({ url, clock = new DrivenClock(), clockOfRedis = clock, ...setting }: Setting) {
    const note = (fields: object, message: string) => void this.logged.push(`${message} ${JSON.stringify(fields)}`)
    const log = { info: note, warn: note, error: note }
    const timeoutMs = setting.timeoutMs ?? 5000
    this.redis = openRedis({
      url,
      commandTimeoutMs: timeoutMs,
      log: { info: () => {}, warn: () => {}, error: () => {} },
    })
    const names = new Map(Object.entries(capacityScripts(GIVEN_CLOCK)).map(([name, { sha }]) => [sha, name]))
    this.store = new RedisCapacityStore({
      redis: {
        run: (script, keys, [json = '']) => {
          const name = names.get(script.sha) as ScriptName
          this.calls.push(name)
          return this.meddle(name, () => this.redis.run(script, keys, [json, clockOfRedis.now()]), keys)
        },
        within: (command) => this.redis.within(command),
        state: () => this.redis.state(),
      },
      onFailure: 'local',
      timeoutMs,
      clock,
      log,
      givenClock: GIVEN_CLOCK,
      ...setting,
    })
    this.store.onLoss((workspaceId) => this.losses.push(workspaceId))
  }

  get away(): boolean {
    return this.store.state().away !== null
  }

  reserve(...items: CapacityItem[]): Promise<Reservation> {
    return Promise.resolve(this.store.reserve([items]))
  }

  async granted(...items: CapacityItem[]): Promise<Receipt> {
    return receiptOf(asGranted(await this.reserve(...items)))
  }

  /** How many of so many at once are granted. */
  async take(count: number, ...items: CapacityItem[]): Promise<Receipt[]> {
    const answers = await Promise.all(Array.from({ length: count }, () => this.reserve(...items)))
    return answers.flatMap((answer) => (answer.granted ? [receiptOf(answer)] : []))
  }

  async used(item: CapacityItem): Promise<{ requests: number; tokens: number }> {
    const [used] = (await this.store.peek([item], [])).used
    return { requests: used?.requests ?? 0, tokens: used?.tokens ?? 0 }
  }

  async close(): Promise<void> {
    await this.store.close()
    this.redis.close()
  }
}

/** What is used once all of these have sent what they know. */
export async function usedBy(replicas: readonly Replica[], item: CapacityItem) {
  await Promise.all(replicas.map((replica) => replica.used(item)))
  const [any] = replicas
  if (!any) throw new Error('There are no replicas')
  return await any.used(item)
}

/** So many replicas of one installation, connected. */
export async function openReplicas(count: number, setting: Setting): Promise<Replica[]> {
  const prefix = `test:${randomUUID()}:`
  const clock = setting.clock ?? new DrivenClock()
  const replicas = Array.from({ length: count }, () => new Replica({ prefix, clock, ...setting }))
  await until(() => replicas.every(({ redis }) => redis.state().connected))
  return replicas
}

/** Every replica knows of the others. */
export const acquainted = (replicas: readonly Replica[]) =>
  until(() => replicas.every(({ store }) => store.state().replicas === replicas.length))

/** To be called first: no promise of these tests may be rejected without anybody heeding it. */
export function failWhereUnheeded(): void {
  const unheeded: unknown[] = []
  const note = (reason: unknown) => void unheeded.push(reason)
  const expectNone = () => expect(unheeded.splice(0)).toEqual([])
  beforeAll(() => void process.on('unhandledRejection', note))
  afterEach(expectNone)
  afterAll(() => {
    process.off('unhandledRejection', note)
    expectNone()
  })
}

/** All have found out that counters were lost. */
export const gathering = (replicas: readonly Replica[]) =>
  until(() => replicas.every(({ store }) => store.state().away?.reason.includes('lost')))

/** As {@link gathering}, and they have had the time to tell what they know. */
export async function gathered(replicas: readonly Replica[], clock: DrivenClock): Promise<void> {
  await gathering(replicas)
  // A book is at least a millisecond younger than the one before.
  clock.advance(4001)
  await until(() => replicas.every(({ away }) => !away))
}

export async function until(holds: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const lastMs = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > lastMs) throw new Error(`It did not become so within ${withinMs} ms: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export const MINUTE = { kind: 'minute' } as const
export const LIFETIME = { kind: 'lifetime' } as const
export const CONCURRENT = { kind: 'concurrent' } as const

export const limited = ({ key = 'minute', ...item }: Partial<CapacityItem> = {}): CapacityItem => ({
  key: key.startsWith('{') ? key : `{w} ${key}`,
  window: MINUTE,
  forgettable: false,
  maxRequests: Number.POSITIVE_INFINITY,
  maxTokens: Number.POSITIVE_INFINITY,
  tokens: 0,
  ...item,
})

export function asGranted(answer: Reservation): Granted {
  if (!answer.granted) throw new Error(`Denied: ${JSON.stringify(answer)}`)
  return answer
}

export function asDenied(answer: Reservation): Denied {
  if (answer.granted) throw new Error(`Granted: ${JSON.stringify(answer.remaining)}`)
  return answer
}

function receiptOf({ receipts }: Granted): Receipt {
  const [receipt] = receipts
  if (!receipt) throw new Error('Granted without a receipt')
  return receipt
}
