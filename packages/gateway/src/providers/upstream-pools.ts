import { Pool } from 'undici'
import type { Connection } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'
import type { UpstreamAddressPolicy } from './upstream-address.ts'

export type Upstream = { readonly pool: Pool; readonly basePath: string }

/**
 * One pool of HTTP connections for each AI connection, replaced when its address changes and closed when it was not used
 * for ten minutes: the connection may be gone. What is under way on a pool ends before it closes.
 */
export class UpstreamPools {
  readonly #policy: UpstreamAddressPolicy
  readonly #clock: Clock
  readonly #upstreams = new Map<string, Upstream & { readonly baseUrl: string; usedAtMs: number }>()
  /** Closing, with something still under way on them. */
  readonly #closing = new Set<Pool>()
  #sweptAtMs = 0

  constructor(policy: UpstreamAddressPolicy, clock: Clock) {
    this.#policy = policy
    this.#clock = clock
  }

  /** How many are open. */
  get size(): number {
    return this.#upstreams.size
  }

  /** Throws AddressNotAllowed when the address is written out and not allowed; a name is checked at each connect. */
  get(connection: Connection, baseUrl: string): Upstream {
    const now = this.#clock.monotonicMs()
    if (now - this.#sweptAtMs > SWEEP_MS) this.#sweep(now)
    const held = this.#upstreams.get(connection.id)
    if (held?.baseUrl === baseUrl) {
      held.usedAtMs = now
      return held
    }
    const url = new URL(baseUrl)
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
    this.#policy.checkLiteral(url.hostname, port)
    const pool = new Pool(url.origin, {
      connect: { timeout: CONNECT_MS, lookup: this.#policy.lookup(port) },
      // Every call watches its own time.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    const upstream = { pool, basePath: url.pathname.replace(/\/+$/, ''), baseUrl, usedAtMs: now }
    this.#upstreams.set(connection.id, upstream)
    if (held) this.#retire(held.pool)
    return upstream
  }

  /** Ends what is still under way: nobody waits for it any more. A second call finds nothing to do. */
  async close(): Promise<void> {
    const pools = [...this.#closing, ...[...this.#upstreams.values()].map(({ pool }) => pool)]
    this.#upstreams.clear()
    this.#closing.clear()
    await Promise.all(pools.map((pool) => pool.destroy()))
  }

  #sweep(now: number): void {
    this.#sweptAtMs = now
    for (const [id, { pool, usedAtMs }] of this.#upstreams) {
      if (now - usedAtMs < UNUSED_MS) continue
      this.#upstreams.delete(id)
      this.#retire(pool)
    }
  }

  #retire(pool: Pool): void {
    this.#closing.add(pool)
    void pool
      .close()
      .catch(() => {})
      .finally(() => this.#closing.delete(pool))
  }
}

/** Beyond what any call waits for in practice: the call's own limit is the one that is told. */
const CONNECT_MS = 60_000
const SWEEP_MS = 60_000
const UNUSED_MS = 600_000
