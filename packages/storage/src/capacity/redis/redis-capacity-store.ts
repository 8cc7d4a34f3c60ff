import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import {
  type Beginning,
  type CapacityCounter,
  type CapacityFamily,
  type CapacityItem,
  type CapacityStore,
  type Charge,
  type Clock,
  GatewayError,
  type Log,
  type Look,
  type Receipt,
  type Reservation,
} from '@vm-x/gateway'
import { REDIS_PREFIX, type RedisConnection } from '../../redis/open-redis.ts'
import { isVague } from '../../redis/redis-reason.ts'
import { capacityScripts } from './capacity-scripts.ts'
import { isOpen } from './redis-receipt.ts'
import { type CapacityOnFailure, WATCH_MS, WorkspaceCounters } from './workspace-counters.ts'

export type RedisCapacityOptions = {
  readonly redis: Pick<RedisConnection, 'run' | 'state' | 'within'>
  readonly onFailure: CapacityOnFailure
  readonly clock: Clock
  readonly log: Log
  /** How long a decision is waited for before it is made without Redis. */
  readonly timeoutMs: number
  /** Remembers how many replicas there are beyond a restart; without it a replica that starts takes itself for the only one. */
  readonly attendance?: ReplicaMemory
  /** What all keys begin with, without a brace. */
  readonly prefix?: string
  /** For tests: Lua that defines `now_ms()`, given this clock's time as the last argument. */
  readonly givenClock?: string
  /** See `CountersParts`. */
  readonly gatherMs?: number
}

/** How many replicas there are, kept where a replica finds it that starts while Redis is away. */
export type ReplicaMemory = {
  /** What was remembered last. */
  readonly last: number
  /** Another number of replicas was seen than before. Must not throw. */
  changed(replicas: number): void
}

/** How limits are counted right now, for operators. */
export type CapacityState = {
  /** How many workspaces are counted without Redis, since when the first of them is, and why; null if none. */
  readonly away: { readonly workspaces: number; readonly sinceMs: number; readonly reason: string } | null
  /** How many replicas there are, or were when it was last known. */
  readonly replicas: number
}

/** Counts in Redis, for all replicas, and in this process while Redis is away. */
export class RedisCapacityStore implements CapacityStore {
  readonly #options: RedisCapacityOptions
  readonly #scripts: ReturnType<typeof capacityScripts>
  readonly #replicaId = randomUUID().slice(0, 13)
  readonly #workspaces = new Map<string, WorkspaceCounters>()
  readonly #away = new Map<string, { readonly sinceMs: number; readonly reason: string }>()
  readonly #listeners = new Set<(workspaceId: string) => void>()
  readonly #timers: NodeJS.Timeout[]
  #closed = false
  #checkedAtMs = performance.now()
  #wasBusy = false
  /** The last answers to how many replicas there are, the newest first. */
  #attendance: readonly number[]

  constructor(options: RedisCapacityOptions) {
    this.#options = options
    this.#scripts = capacityScripts(options.givenClock)
    const { timeoutMs, attendance } = options
    this.#attendance = [Math.max(1, attendance?.last ?? 1)]
    this.#timers = [
      setInterval(() => this.#checkDeadlines(), timeoutMs / 4),
      setInterval(() => this.#each((workspace) => void workspace.probe()), PROBE_MS),
      setInterval(() => this.#each((workspace) => workspace.watch()), WATCH_MS),
      setInterval(() => void this.#attend(1), ATTEND_MS),
    ]
    for (const timer of this.#timers) timer.unref()
    void this.#enter()
  }

  reserve(parts: readonly (readonly CapacityItem[])[]): Reservation | Promise<Reservation> {
    return this.#workspace(keyOf(parts)).reserve(parts)
  }

  progress(receipt: Receipt, tokens: number): void {
    if (isOpen(receipt) && receipt.items[0]) this.#workspace(receipt.items[0].key).progress(receipt, tokens)
  }

  settle(receipt: Receipt, tokens: number): void {
    if (isOpen(receipt) && receipt.items[0]) this.#workspace(receipt.items[0].key).settle(receipt, tokens)
  }

  release(receipt: Receipt): void {
    if (isOpen(receipt) && receipt.items[0]) this.#workspace(receipt.items[0].key).release(receipt)
  }

  renew(receipts: Iterable<Receipt>): void {
    for (const receipt of receipts)
      if (isOpen(receipt) && receipt.items[0]) this.#workspace(receipt.items[0].key).renew(receipt)
  }

  async peek(counters: readonly CapacityCounter[], families: readonly CapacityFamily[]): Promise<Look> {
    const [any] = [...counters, ...families]
    if (!any) return { used: [], members: [], atMs: this.#options.clock.now() }
    return this.#workspace(any.key).peek(counters, families).catch(notRead)
  }

  async begin(limitKeys: readonly string[]): Promise<readonly Beginning[]> {
    const [first] = limitKeys
    return first === undefined ? [] : this.#workspace(first).begin(limitKeys)
  }

  async charge(limitKey: string, sinceMs: number, charges: readonly Charge[]): Promise<void> {
    await this.#workspace(limitKey).charge(limitKey, sinceMs, charges)
  }

  async forget(limitKeys: readonly string[]): Promise<void> {
    const forgotten = limitKeys.map((key) => this.#workspace(key).forget(key))
    for (const each of await Promise.allSettled(forgotten))
      if (each.status === 'rejected')
        this.#options.log.warn({ err: each.reason }, 'A limit that is gone is still counted')
  }

  onLoss(listener: (workspaceId: string) => void): void {
    this.#listeners.add(listener)
  }

  state(): CapacityState {
    const [first] = this.#away.values()
    return {
      away: first ? { workspaces: this.#away.size, sinceMs: first.sinceMs, reason: this.#reason(first.reason) } : null,
      replicas: this.#replicas,
    }
  }

  /** Sends what is still to be counted. Resolves when that has arrived, or can't. */
  async close(): Promise<void> {
    this.#closed = true
    for (const timer of this.#timers) clearInterval(timer)
    const settled = [...this.#workspaces.values()].map((workspace) => workspace.settled())
    for (const each of await Promise.allSettled(settled))
      if (each.status === 'rejected') this.#options.log.warn({ err: each.reason }, 'Not all that was used is counted')
    await this.#attend(0)
  }

  /** The most of late: a Redis that begins anew must not make each replica believe that it is alone. */
  get #replicas(): number {
    return Math.max(...this.#attendance)
  }

  #workspace(key: string): WorkspaceCounters {
    const workspaceId = key.slice(1, key.indexOf('}'))
    const known = this.#workspaces.get(workspaceId)
    if (known) return known
    const {
      redis,
      onFailure,
      clock,
      timeoutMs,
      prefix = REDIS_PREFIX,
      gatherMs = GATHER_MS,
      givenClock,
    } = this.#options
    const workspace = new WorkspaceCounters(
      {
        redis,
        scripts: this.#scripts,
        clock,
        onFailure,
        prefix,
        replicaId: this.#replicaId,
        timeoutMs,
        gatherMs,
        givenTime: givenClock !== undefined,
        replicas: () => this.#replicas,
        onAway: (id, reason) => this.#left(id, reason),
        onBack: (id) => this.#returned(id),
        onLoss: (id) => {
          for (const listener of this.#listeners) listener(id)
        },
      },
      workspaceId,
    )
    this.#workspaces.set(workspaceId, workspace)
    return workspace
  }

  #left(workspaceId: string, reason: string): void {
    if (this.#away.size === 0)
      this.#options.log.warn(
        { reason: this.#reason(reason), replicas: this.#replicas },
        `Redis does not count limits now: ${this.#meanwhile()}`,
      )
    const sinceMs = this.#away.get(workspaceId)?.sinceMs ?? this.#options.clock.now()
    this.#away.set(workspaceId, { sinceMs, reason })
  }

  /** Why there is no connection, where there is none, is for the connection to say. */
  #reason(reason: string): string {
    return isVague(reason) ? (this.#options.redis.state().reason ?? reason) : reason
  }

  #returned(workspaceId: string): void {
    this.#away.delete(workspaceId)
    if (this.#away.size === 0) this.#options.log.info({}, 'Redis counts limits again')
  }

  #meanwhile(): string {
    switch (this.#options.onFailure) {
      case 'allow':
        return 'every request is admitted'
      case 'deny':
        return 'requests with limits are refused'
      default:
        return 'this replica admits its own share of each'
    }
  }

  /** Where this process was busy itself, answers get the time until the next check to be read; once. */
  #checkDeadlines(): void {
    const sinceMs = performance.now() - this.#checkedAtMs
    this.#checkedAtMs += sinceMs
    this.#wasBusy = !this.#wasBusy && sinceMs > this.#options.timeoutMs / 2
    if (!this.#wasBusy) this.#each((workspace) => workspace.checkDeadlines())
  }

  #each(see: (workspace: WorkspaceCounters) => void): void {
    for (const workspace of this.#workspaces.values()) see(workspace)
  }

  /** As soon as Redis is there: the others' shares depend on it. */
  async #enter(): Promise<void> {
    while (!this.#closed && !(await this.#attend(1))) await setTimeout(ENTER_MS, undefined, { ref: false })
  }

  /** Answers whether Redis knows. Never rejects. */
  async #attend(present: 0 | 1): Promise<boolean> {
    const { redis, prefix = REDIS_PREFIX, givenClock, clock } = this.#options
    const args = [JSON.stringify([this.#replicaId, present]), ...(givenClock === undefined ? [] : [clock.now()])]
    try {
      const replicas = Number(await redis.within(redis.run(this.#scripts.attend, [`${prefix}replicas`], args)))
      if (present === 0) return true
      // What answers otherwise is no Redis: shares depend on it.
      if (!Number.isSafeInteger(replicas) || replicas < 1) return false
      this.#noteAttendance(replicas)
      return true
    } catch {
      // The last number stands.
      return false
    }
  }

  #noteAttendance(replicas: number): void {
    const before = this.#replicas
    this.#attendance = [replicas, ...this.#attendance].slice(0, MOST_ATTENDANCES)
    if (this.#replicas !== before) this.#options.attendance?.changed(this.#replicas)
  }
}

const GATHER_MS = 10
const PROBE_MS = 250
const ENTER_MS = 100
const ATTEND_MS = 2_000
/** As long as one that is gone is counted in Redis, too. */
const MOST_ATTENDANCES = 6

function keyOf(parts: readonly (readonly CapacityItem[])[]): string {
  for (const [item] of parts) if (item) return item.key
  throw new Error('Nothing was asked for')
}

function notRead(cause: unknown): never {
  throw new GatewayError('unavailable', 'What is used of limits can not be read now: Redis, which counts it, is away', {
    cause,
    retryAfterMs: 1000,
  })
}
