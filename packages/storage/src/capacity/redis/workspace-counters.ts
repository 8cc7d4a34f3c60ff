import { randomUUID } from 'node:crypto'
import {
  type Beginning,
  type CapacityCounter,
  type CapacityFamily,
  type CapacityItem,
  type Charge,
  type Clock,
  type Denied,
  familyOf,
  GatewayError,
  type Granted,
  LEASE_MS,
  type Look,
  type Receipt,
  type Remaining,
  type Reservation,
  SUB_WINDOW_MS,
  type Used,
} from '@vm-x/gateway'
import type { RedisConnection } from '../../redis/open-redis.ts'
import { reasonOf } from '../../redis/redis-reason.ts'
import type { RedisScript } from '../../redis/redis-script.ts'
import type { CapacityScripts } from './capacity-scripts.ts'
import { LastSeen, type LostCounter } from './last-seen.ts'
import { LocalShare } from './local-share.ts'
import { isLost, isPlaces, newGeneration, RedisReceipt, scriptWindow } from './redis-receipt.ts'
import { leavesAtMs, RefusalHints } from './refusal.ts'
import { type Batch, Settlements, takingNothingAway } from './settlements.ts'

/** What all workspaces of a replica share. */
export type CountersParts = {
  readonly redis: Pick<RedisConnection, 'run' | 'within'>
  readonly scripts: CapacityScripts
  readonly clock: Clock
  readonly onFailure: CapacityOnFailure
  /** Of each key; without a brace. */
  readonly prefix: string
  readonly replicaId: string
  readonly timeoutMs: number
  /** How long corrections are added up before they are sent, at most; 0: each decision is made after all of them. */
  readonly gatherMs: number
  /** Only where scripts are given the time. */
  readonly givenTime: boolean
  /** How many replicas there were when it was last known. */
  readonly replicas: () => number
  readonly onAway: (workspaceId: string, reason: string) => void
  readonly onBack: (workspaceId: string) => void
  /** Its counters may have been lost. */
  readonly onLoss: (workspaceId: string) => void
}

/** How often `watch` asks, at most. */
export const WATCH_MS = 2_000

/** What to admit while Redis is away: this replica's share of each limit, nothing, or everything. */
export type CapacityOnFailure = 'local' | 'deny' | 'allow'

/**
 * The counters of one workspace, which lie in one slot of Redis: what is decided there in one round trip, and what goes
 * there afterwards, in order. Where Redis does not answer in time the replica decides for itself, until it is back.
 */
export class WorkspaceCounters {
  readonly #parts: CountersParts
  readonly #workspaceId: string
  /** What each of its keys begins with. */
  readonly #tag: string
  readonly #book: string
  readonly #settlements = new Settlements()
  readonly #seen = new LastSeen()
  readonly #hints = new RefusalHints()
  /** Requests under way that hold places. */
  readonly #leased = new Set<RedisReceipt>()
  /** How many requests are under way, and when the last one was admitted by Redis. */
  #open = 0
  #grantedAtMs = Number.NEGATIVE_INFINITY
  /** Since when its counters are whole, as far as this replica knows; empty: it does not know any. */
  #id = ''
  /** How often something was counted there, as far as this replica has seen: one that has seen less is an old one. */
  #count = 0
  /** Of what Redis has counted, and of what was granted here and is still to be sent. */
  #there = newGeneration()
  #here = newGeneration()
  #restoring: Promise<void> | undefined
  /** Decisions that are waited for, the first to come first. */
  #first: Decision | undefined
  #last: Decision | undefined
  #sending: { readonly done: Promise<boolean>; readonly sinceMs: number } | undefined
  /** Was sent, and may not have arrived. */
  #unsure: Batch | undefined
  #later: NodeJS.Timeout | undefined
  #atOnce: NodeJS.Immediate | undefined
  #settledAtMs = Number.NEGATIVE_INFINITY
  /** The last settlement that has arrived, and when. */
  #arrived = { seq: NONE, atMs: Number.NEGATIVE_INFINITY }
  #away = false
  /** Its counters were lost just now: until all replicas have told what they know, each goes by its own share. */
  #gathering = false
  /** What is admitted while Redis is away; there once it was. */
  #share: LocalShare | undefined
  #seq = 0
  #leases = 0
  /** Redis's clock less the one of this process that never jumps, or more by what the way there took. */
  #aheadMs: number | undefined

  constructor(parts: CountersParts, workspaceId: string) {
    this.#parts = parts
    this.#workspaceId = workspaceId
    this.#tag = `{${workspaceId}}`
    this.#book = `${parts.prefix}${this.#tag} book`
  }

  get away(): boolean {
    return this.#away
  }

  reserve(parts: readonly (readonly CapacityItem[])[]): Reservation | Promise<Reservation> {
    if (this.#away) return this.#decideHere(parts)
    if (this.#parts.gatherMs > 0) return this.#decideThere(parts)
    return this.settled().then(
      () => (this.#away ? this.#decideHere(parts) : this.#decideThere(parts)),
      () => this.reserve(parts),
    )
  }

  progress(receipt: RedisReceipt, tokens: number): void {
    for (const [index, item] of receipt.items.entries()) {
      const before = Math.max(item.tokens, receipt.progressed)
      if (tokens > before) this.#correct(receipt, index, 0, tokens - before)
    }
    receipt.progressed = Math.max(receipt.progressed, tokens)
    if (receipt.local) this.#share?.progress(receipt.local, tokens)
    this.#schedule()
  }

  settle(receipt: RedisReceipt, tokens: number): void {
    this.#end(receipt, 0, tokens)
    if (receipt.local) this.#share?.settle(receipt.local, tokens)
  }

  release(receipt: RedisReceipt): void {
    this.#end(receipt, -1, 0)
    if (receipt.local) this.#share?.release(receipt.local)
  }

  renew(receipt: RedisReceipt): void {
    if (!receipt.leased) return
    for (const item of receipt.items) if (isPlaces(item)) this.#settlements.keep(item, receipt.lease)
    if (receipt.local) this.#share?.renew(receipt.local)
    this.#schedule()
  }

  async peek(counters: readonly CapacityCounter[], families: readonly CapacityFamily[]): Promise<Look> {
    await this.settled()
    const keys = [...counters.map(({ key }) => this.#key(key)), ...families.map(({ key }) => this.#values(key))]
    const asked = [counters, families].map((all) => all.map(({ window }) => scriptWindow(window)))
    const [atMs = 0, ...found] = (await this.#within(this.#parts.scripts.peek, keys, asked)) as number[]
    const used = counters.map(({ window }, index): Used => {
      const [requests = 0, tokens = 0, mark = 0] = found.slice(index * 3, index * 3 + 3)
      if (requests === 0 && tokens === 0) return { requests: 0, tokens: 0, resetMs: 0 }
      const { kind } = window
      const resetMs =
        kind === 'minute' ? leavesAtMs(mark) - atMs : kind === 'calendar' ? mark - atMs : Number.POSITIVE_INFINITY
      return { requests, tokens, resetMs }
    })
    return { used, members: found.slice(counters.length * 3), atMs }
  }

  async begin(limitKeys: readonly string[]): Promise<readonly Beginning[]> {
    const keys: string[] = []
    const limits = limitKeys.map((key) => {
      if (!LIFETIME_KEY.test(key)) return [key, 0]
      const first = 2 + keys.length
      keys.push(this.#key(key), this.#values(key))
      return [key, first]
    })
    const [, , ...found] = await this.#whilePresent(() =>
      this.#knowing((id, count) => this.#within(this.#parts.scripts.begin, keys, [id, count, limits])),
    )
    return limitKeys.map((_, index) => ({ sinceMs: found[index * 2] ?? 0, complete: found[index * 2 + 1] === 1 }))
  }

  async charge(limitKey: string, sinceMs: number, charges: readonly Charge[]): Promise<void> {
    for (let from = 0; from === 0 || from < charges.length; from += MOST_CHARGES) {
      const some = charges.slice(from, from + MOST_CHARGES)
      const keys = [...some.map(({ key }) => this.#key(key)), this.#values(limitKey)]
      const entries = some.map(({ window, requests, tokens, forgettable }) => [
        ...scriptWindow(window),
        requests,
        tokens,
        forgettable ? keys.length + 1 : 0,
      ])
      const last = from + MOST_CHARGES >= charges.length ? 1 : 0
      const args = [limitKey, sinceMs, last, entries]
      await this.#whilePresent(() => this.#within(this.#parts.scripts.charge, keys, args))
    }
  }

  async forget(limitKey: string): Promise<void> {
    const keys = [this.#key(limitKey), this.#values(limitKey)]
    for (;;) if ((await this.#within(this.#parts.scripts.forget, keys, [limitKey])) === 0) return
  }

  /** Rejects at once while Redis is away; where Redis fails, it is away from now on. */
  async #whilePresent<T>(run: () => Promise<T>): Promise<T> {
    if (this.#away) throw new Error('Redis is away: what was used before can not be counted there')
    try {
      return await run()
    } catch (error) {
      if (!this.#away) this.#leave(reasonOf(error))
      throw error
    }
  }

  /** To be called now and then: whoever has waited for too long is answered without Redis. */
  checkDeadlines(): void {
    const lateMs = performance.now() - this.#parts.timeoutMs
    const isLate = () => {
      this.#dropDecided()
      return Math.min(this.#first?.sinceMs ?? lateMs, this.#sending?.sinceMs ?? lateMs) < lateMs
    }
    if (this.#away || !isLate()) return
    // What came while this process was busy has not been read yet.
    setImmediate(() => {
      if (!this.#away && isLate()) this.#leave(`did not answer within ${this.#parts.timeoutMs} ms`)
    })
  }

  /** Asks whether Redis is back, by what is to be sent there anyway. To be called now and then while it is away. */
  async probe(): Promise<void> {
    if (!this.#away || this.#sending) return
    for (let batches = 0; batches < MOST_BATCHES; batches++) {
      // One that answers later than requests wait is not back: that fails.
      if (!(await this.#flush())) return
      if (this.#settlements.size === 0) break
    }
    if (this.#gathering) return
    this.#away = false
    this.#parts.onBack(this.#workspaceId)
    this.#parts.onLoss(this.#workspaceId)
    this.#send()
  }

  /**
   * Finds out whether the counters were lost, so that what this replica knows of them is there again before others admit
   * much without it. To be called now and then: whoever asks or has used something finds out anyway.
   */
  watch(): void {
    const nowMs = performance.now()
    if (this.#id === '' || this.#away || this.#sending || nowMs - this.#settledAtMs < WATCH_MS) return
    if (this.#open > 0 || nowMs - this.#grantedAtMs < MINUTE_MS) void this.#flush()
  }

  /** Resolves once all corrections made so far have arrived; rejects if they can't. */
  async settled(): Promise<void> {
    const onTheirWay = this.#sending || this.#unsure ? 1 : 0
    for (let batches = this.#settlements.batches + onTheirWay; batches > 0; batches--)
      if (!(await this.#flush())) throw new Error('Redis is away: what requests have used last is not counted there')
  }

  #decideThere(parts: readonly (readonly CapacityItem[])[]): Promise<Reservation> {
    return new Promise((resolve, reject) => {
      const decision: Decision = {
        parts,
        items: parts.flat(),
        lease: `${this.#parts.replicaId}.${++this.#leases}`,
        sinceMs: performance.now(),
        askedAtMs: 0,
        askedId: '',
        tries: 0,
        decided: false,
        resolve,
        reject,
        next: undefined,
      }
      if (this.#last) this.#last.next = decision
      else this.#first = decision
      this.#last = decision
      this.#ask(decision)
    })
  }

  #ask(decision: Decision): void {
    decision.tries++
    decision.askedAtMs = this.#parts.clock.monotonicMs()
    decision.askedId = this.#id
    const { keys, entries } = this.#asked(decision.items, decision.parts)
    const { scripts, timeoutMs } = this.#parts
    const { askedId, lease } = decision
    const untilMs = this.#aheadMs === undefined ? 0 : Math.ceil(decision.askedAtMs + this.#aheadMs + timeoutMs)
    this.#run(scripts.reserve, keys, [askedId, this.#count, lease, LEASE_MS, entries, untilMs]).then(
      (answer) => {
        try {
          this.#answered(decision, answer as readonly unknown[])
        } catch (error) {
          this.#failed(decision, error)
        }
      },
      (error: unknown) => this.#failed(decision, error),
    )
  }

  #asked(items: readonly CapacityItem[], parts: readonly (readonly CapacityItem[])[]) {
    const keys: string[] = []
    const entries: unknown[] = []
    let families: string[] | undefined
    for (const item of items) keys.push(this.#key(item.key))
    for (const [part, own] of parts.entries()) {
      for (const { key, window, maxRequests, maxTokens, tokens, forgettable } of own) {
        let family = 0
        if (forgettable) {
          families ??= []
          families.push(this.#values(familyOf(key)))
          family = 1 + keys.length + families.length
        }
        const [kind, start, end, nextEnd] = scriptWindow(window)
        entries.push([
          kind,
          part,
          maxRequests === Number.POSITIVE_INFINITY ? -1 : maxRequests,
          maxTokens === Number.POSITIVE_INFINITY ? -1 : maxTokens,
          tokens,
          kind === 'm' ? this.#hints.stamp(key) : start,
          end,
          nextEnd,
          family,
        ])
      }
    }
    return { keys: families ? [...keys, ...families] : keys, entries }
  }

  #answered(decision: Decision, answer: readonly unknown[]): void {
    const [what] = answer
    if (what === 'begin') {
      this.#noteClock(decision, answer[2])
      if (decision.tries >= MOST_TRIES)
        return this.#failed(decision, new Error('its counters are lost again and again'))
      this.#restore(decision.askedId).then(
        () => (decision.decided ? undefined : this.#ask(decision)),
        (error: unknown) => this.#failed(decision, error),
      )
      return
    }
    if (what === 'late') {
      if (decision.decided) return
      // It is not: one of the clocks has jumped.
      this.#noteClock(decision, answer[1])
      if (decision.tries < MOST_TRIES) return this.#ask(decision)
      return this.#failed(decision, new Error('its clock jumps'))
    }
    if (!Array.isArray(answer) || (what !== 0 && what !== 1)) throw new Error('it does not answer as Redis does')
    this.#noteClock(decision, answer[1])
    this.#note(decision.askedId, answer[2])
    const reservation =
      what === 1 ? this.#granted(decision, answer as readonly number[]) : this.#denied(decision, answer)
    if (!decision.decided) {
      decision.decided = true
      this.#dropDecided()
      return decision.resolve(reservation)
    }
    // Its request has gone on without it.
    if (reservation.granted)
      for (const receipt of reservation.receipts) if (receipt instanceof RedisReceipt) this.release(receipt)
  }

  #noteClock({ askedAtMs }: Decision, atMs: unknown): void {
    this.#aheadMs = Number(atMs) - askedAtMs
  }

  #granted({ parts, items, lease }: Decision, answer: readonly number[]): Granted {
    const atMs = answer[1] ?? 0
    let at = 0
    const remaining: Remaining[][] = []
    const receipts: RedisReceipt[] = []
    for (const own of parts) {
      const left: Remaining[] = []
      const marks: number[] = []
      for (const item of own) {
        const [requests = 0, tokens = 0, mark = 0] = [answer[3 + at * 3], answer[4 + at * 3], answer[5 + at * 3]]
        at++
        marks.push(mark)
        this.#seen.note(item, requests, tokens, atMs)
        left.push({
          requests: item.maxRequests - requests,
          tokens: item.maxTokens - tokens,
          resetMs: resetMs(item, mark, atMs),
        })
      }
      remaining.push(left)
      const receipt = new RedisReceipt(own, marks, lease, this.#there)
      if (receipt.leased) this.#leased.add(receipt)
      receipts.push(receipt)
    }
    if (at !== items.length) throw new Error('Redis has answered for other items than it was asked for')
    this.#seq = answer[2] ?? 0
    this.#open += receipts.length
    this.#grantedAtMs = performance.now()
    return { granted: true, receipts, remaining, seq: this.#seq, atMs }
  }

  #denied({ parts, items }: Decision, answer: readonly unknown[]): Denied {
    const [, atMs, , , ...full] = answer as [number, number, number, number, ...(readonly number[])[]]
    for (const [index = 0, requests = 0, tokens = 0] of full) {
      const item = items[index]
      if (item) this.#seen.note(item, requests, tokens, atMs)
    }
    return this.#hints.denied(parts, items, answer)
  }

  #failed(decision: Decision, error: unknown): void {
    // It says nothing of how Redis is now.
    if (decision.decided) return
    if (!this.#away) this.#leave(reasonOf(error))
    if (!decision.decided) this.#decide(decision)
  }

  /** Redis is away, or still is, for this reason: whoever waits is answered without it. */
  #leave(reason: string): void {
    const { clock, onFailure, replicas, onAway } = this.#parts
    onAway(this.#workspaceId, reason)
    if (this.#away) return
    this.#away = true
    if (onFailure === 'local') {
      this.#share ??= new LocalShare(clock, this.#seen)
      this.#share.leave(replicas(), this.#leased)
    }
    for (let each = this.#first; each; each = each.next) if (!each.decided) this.#decide(each)
    this.#first = undefined
    this.#last = undefined
  }

  #decide(decision: Decision): void {
    decision.decided = true
    try {
      decision.resolve(this.#decideHere(decision.parts))
    } catch (error) {
      decision.reject(error)
    }
  }

  #decideHere(parts: readonly (readonly CapacityItem[])[]): Reservation {
    if (this.#parts.onFailure === 'deny')
      throw new GatewayError('unavailable', 'Limits can not be checked now: what counts them is away', {
        retryAfterMs: RETRY_WHILE_AWAY_MS,
      })
    const atMs = this.#nowThereMs()
    const seq = ++this.#seq
    const answer = this.#share?.reserve(parts, atMs)
    if (answer && !answer.granted) return { ...answer, seq, atMs } satisfies Denied
    const lease = `${this.#parts.replicaId}.${++this.#leases}`
    const receipts = parts.map((items, part) => this.#takeHere(items, lease, atMs, answer?.receipts[part]))
    this.#schedule()
    return { granted: true, receipts, remaining: answer?.remaining ?? parts.map(unlimited), seq, atMs }
  }

  /** What is granted here is counted there once Redis is back. */
  #takeHere(items: readonly CapacityItem[], lease: string, atMs: number, local: Receipt | undefined): RedisReceipt {
    const marks = items.map((item) => markAt(item, atMs))
    const receipt = new RedisReceipt(items, marks, lease, this.#here)
    receipt.local = local
    for (const [index, item] of items.entries()) {
      if (isPlaces(item)) this.#settlements.hold(item, lease)
      else this.#settlements.take(item, marks[index] ?? 0, item.tokens)
    }
    if (receipt.leased) this.#leased.add(receipt)
    this.#open++
    return receipt
  }

  #end(receipt: RedisReceipt, requests: number, tokens: number): void {
    receipt.open = false
    this.#open--
    for (const [index, item] of receipt.items.entries()) {
      if (isPlaces(item)) {
        this.#settlements.end(item, receipt.lease)
        this.#hints.held(item.key, performance.now() - receipt.takenAtMs)
      } else this.#correct(receipt, index, requests, tokens - Math.max(item.tokens, receipt.progressed))
    }
    if (receipt.leased) this.#leased.delete(receipt)
    this.#schedule()
  }

  #correct({ items, marks, generation }: RedisReceipt, index: number, requests: number, tokens: number): void {
    const [item, mark] = [items[index], marks[index]]
    if (!item || mark === undefined || isPlaces(item)) return
    const pending = generation === this.#here
    if (isLost(generation)) this.#settlements.correct(item, mark, { requests: 0, tokens: Math.max(0, tokens), pending })
    else this.#settlements.correct(item, mark, { requests, tokens, pending })
  }

  /** At once where little is going on or places were given back, so that whoever has waited for an answer finds them. */
  #schedule(): void {
    if (this.#away || this.#settlements.size === 0) return
    if (this.#settlements.endsPlaces) {
      this.#atOnce ??= setImmediate(() => this.#send())
      return
    }
    if (this.#later) return
    const waitMs = this.#settledAtMs + this.#parts.gatherMs - performance.now()
    if (waitMs > 0) this.#later = setTimeout(() => this.#send(), waitMs).unref()
    else this.#atOnce ??= setImmediate(() => this.#send())
  }

  /** Sends what is pending, if nothing is on its way. */
  #send(): void {
    clearTimeout(this.#later)
    this.#later = undefined
    this.#atOnce = undefined
    if (this.#away || this.#sending || (this.#settlements.size === 0 && !this.#unsure)) return
    void this.#flush()
  }

  /** One batch, in order: what may not have arrived goes first. Answers whether it has. Never rejects. */
  #flush(): Promise<boolean> {
    if (this.#sending) return this.#sending.done
    const batch = this.#unsure ?? this.#settlements.next()
    this.#unsure = batch
    this.#settledAtMs = performance.now()
    const done = this.#deliver(batch).then((failure) => {
      this.#sending = undefined
      if (failure === undefined) this.#schedule()
      else this.#leave(failure)
      return failure === undefined
    })
    this.#sending = { done, sinceMs: this.#settledAtMs }
    return done
  }

  /** Answers why it has not arrived, or undefined. */
  async #deliver(batch: Batch): Promise<string | undefined> {
    try {
      const [, , ageMs = 0] = await this.#knowing((id, known) => this.#settle(id, known, this.#unsure ?? batch))
      this.#unsure = undefined
      this.#arrived = { seq: batch.seq, atMs: this.#settledAtMs }
      if (!isYoung(ageMs)) this.#gathering = false
      this.#here.countedIn = this.#there
      this.#here = newGeneration()
      return undefined
    } catch (error) {
      return reasonOf(error)
    }
  }

  #settle(id: string, count: number, { seq, keys, families, entries }: Batch): Promise<unknown> {
    const { redis, scripts, prefix, replicaId } = this.#parts
    const own = [`${prefix}${this.#tag} settled ${replicaId}`, ...keys.map((key) => this.#key(key))]
    const all = [...own, ...families.map((family) => this.#values(family))]
    const told = entries.map(([window, family, ...rest]) => [
      ...window,
      family === 0 ? 0 : 1 + own.length + family,
      ...rest,
    ])
    const { seq: last, atMs } = this.#arrived
    const known = performance.now() - atMs < SETTLED_KNOWN_MS ? last : NONE
    return redis.within(this.#run(scripts.settle, all, [id, count, known, seq, LEASE_MS, told]))
  }

  /** What a script answers that must know the counters as they are, `['done', n, …]`; after they were restored if they were lost. */
  async #knowing(run: (id: string, count: number) => Promise<unknown>): Promise<number[]> {
    for (let tries = 1; ; tries++) {
      const id = this.#id
      const answer = await run(id, this.#count)
      if (!Array.isArray(answer)) throw new Error('Redis has answered something else than was asked')
      if (answer[0] !== 'begin') {
        this.#note(id, answer[1])
        return answer as number[]
      }
      if (tries >= MOST_TRIES) throw new Error('The counters in Redis are lost again and again')
      await this.#restore(id, answer[3] === 1)
    }
  }

  /**
   * Once for each loss: whoever comes while it is going on waits for it, and whoever comes later has nothing to wait for.
   * @param lost what the lost counters were known by
   * @param isOld an old state of them is there
   */
  #restore(lost: string, isOld = false): Promise<void> {
    if (lost !== this.#id) return Promise.resolve()
    this.#restoring ??= this.#restoreAll(isOld).finally(() => {
      this.#restoring = undefined
    })
    return this.#restoring
  }

  async #restoreAll(isOld: boolean): Promise<void> {
    const known = this.#id
    const lost = known === '' ? [] : [...this.#seen.entries(this.#nowThereMs()), ...this.#places()]
    let first: Restored | undefined
    let raisesAll = true
    for (let from = 0; from === 0 || from < lost.length; from += MOST_CHARGES) {
      const restored = await this.#restoreSome(lost.slice(from, from + MOST_CHARGES), isOld)
      // If they are lost again in between, whoever asks next by the first one finds out.
      first ??= restored
      raisesAll &&= restored.raises
    }
    if (!first) return
    this.#id = first.id
    this.#count = first.count
    this.#arrived = { seq: NONE, atMs: Number.NEGATIVE_INFINITY }
    if (known === '') return
    if (!raisesAll) this.#loseReserved()
    this.#gathering = isYoung(first.ageMs)
    if (this.#gathering) this.#leave(LOST)
    else if (!this.#away) this.#parts.onLoss(this.#workspaceId)
  }

  async #restoreSome(lost: readonly LostCounter[], isOld: boolean): Promise<Restored> {
    const keys = lost.map(({ key }) => this.#key(key))
    const families: string[] = []
    const entries = lost.map(({ key, forgettable, entry }) => [
      ...entry,
      forgettable ? 1 + keys.length + families.push(this.#values(familyOf(key))) : 0,
    ])
    const args = [randomUUID(), LEASE_MS, entries, this.#id, this.#count, isOld ? 1 : 0]
    const answer = await this.#within(this.#parts.scripts.restore, [...keys, ...families], args)
    const [id, count, ageMs, raises] = answer as [string, number, number, number]
    return { id, count, ageMs, raises: raises === 1 }
  }

  /** What was reserved there is not counted there any more: nothing can be taken away of it. */
  #loseReserved(): void {
    this.#there.lost = true
    this.#there = newGeneration()
    this.#settlements.takeNothingAway()
    if (this.#unsure) this.#unsure = takingNothingAway(this.#unsure)
  }

  #places(): LostCounter[] {
    const held = new Map<string, { counter: CapacityCounter; leases: string[] }>()
    for (const { items, lease } of this.#leased) {
      for (const counter of items.filter(isPlaces)) {
        const of = held.get(counter.key)
        if (of) of.leases.push(lease)
        else held.set(counter.key, { counter, leases: [lease] })
      }
    }
    return [...held.values()].map(({ counter: { key, window, forgettable }, leases }) => {
      // As long as those of other counters.
      return { key, forgettable, entry: [...scriptWindow(window), leases, 0] }
    })
  }

  /** @param id by which the counters were asked for: others may have been begun meanwhile */
  #note(id: string, count: unknown): void {
    if (id === this.#id) this.#count = Math.max(this.#count, Number(count))
  }

  #dropDecided(): void {
    while (this.#first?.decided) this.#first = this.#first.next
    if (!this.#first) this.#last = undefined
  }

  #within(script: RedisScript, keys: readonly string[], args: unknown): Promise<unknown> {
    return this.#parts.redis.within(this.#run(script, keys, args))
  }

  #run(script: RedisScript, keys: readonly string[], args: unknown): Promise<unknown> {
    const { redis, givenTime } = this.#parts
    const all = [this.#book, ...keys]
    const json = JSON.stringify(args)
    return redis.run(script, all, givenTime ? [json, this.#nowMs()] : [json])
  }

  #key(key: string): string {
    return this.#parts.prefix + key
  }

  /** The key of the values of a dimension that are in use. */
  #values(family: string): string {
    return `${this.#parts.prefix}${family} values`
  }

  #nowMs(): number {
    return this.#parts.clock.now()
  }

  /** What Redis's clock shows now, as far as it is known. */
  #nowThereMs(): number {
    return this.#aheadMs === undefined ? this.#nowMs() : Math.round(this.#parts.clock.monotonicMs() + this.#aheadMs)
  }
}

type Decision = {
  readonly parts: readonly (readonly CapacityItem[])[]
  readonly items: readonly CapacityItem[]
  readonly lease: string
  readonly sinceMs: number
  /** By the clock that Redis's is compared with. */
  askedAtMs: number
  /** What the counters were known by then. */
  askedId: string
  tries: number
  decided: boolean
  readonly resolve: (reservation: Reservation) => void
  readonly reject: (error: unknown) => void
  next: Decision | undefined
}

/** The counters as they were restored. */
type Restored = {
  readonly id: string
  readonly count: number
  readonly ageMs: number
  /** What was seen of them was added where it was missing. */
  readonly raises: boolean
}

/** Not long enough for every replica to have watched; a clock of Redis that went far back makes nobody wait. */
const isYoung = (ageMs: number) => Math.abs(ageMs) < 2 * WATCH_MS

const LOST = 'its counters were lost: all replicas tell it what they know of them'
/** Of a lifetime's limit; see `CompiledLimit`. */
const LIFETIME_KEY = /^\{[^}]*\} lifetime[ /]/
const NONE = -1
/** Half as long as the script remembers a settlement. */
const SETTLED_KNOWN_MS = 12 * 3_600_000
const MOST_TRIES = 3
const MOST_BATCHES = 100
const MOST_CHARGES = 500
const MINUTE_MS = 60_500
const RETRY_WHILE_AWAY_MS = 1_000

const unlimited = (items: readonly CapacityItem[]): Remaining[] =>
  items.map(({ maxRequests, maxTokens }) => ({
    requests: maxRequests,
    tokens: maxTokens,
    resetMs: Number.POSITIVE_INFINITY,
  }))

function resetMs({ window }: CapacityItem, mark: number, atMs: number): number {
  if (window.kind === 'minute') return leavesAtMs(mark) - atMs
  if (window.kind !== 'calendar') return Number.POSITIVE_INFINITY
  if (mark < window.startMs) return window.startMs - atMs
  return (mark === window.startMs ? window.endMs : window.nextEndMs) - atMs
}

/** Where Redis would have counted it. */
function markAt({ window }: CapacityItem, atMs: number): number {
  if (window.kind === 'minute') return Math.floor(atMs / SUB_WINDOW_MS)
  if (window.kind !== 'calendar') return 0
  return atMs < window.endMs ? window.startMs : window.endMs
}
