import { Pool } from 'undici'
import type { Connection } from '../catalog/snapshot.ts'
import type { UpstreamAddressPolicy } from './upstream-address.ts'

/** How long each stage of a provider call may take, in milliseconds. */
export const UPSTREAM_TIMEOUTS = { connectMs: 10_000, firstByteMs: 300_000, idleMs: 120_000 }

export type Upstream = { readonly pool: Pool; readonly basePath: string }

/** One pool of HTTP connections for each AI connection, replaced when its address changes. */
export class UpstreamPools {
  readonly #policy: UpstreamAddressPolicy
  readonly #upstreams = new Map<string, Upstream & { readonly baseUrl: string }>()

  constructor(policy: UpstreamAddressPolicy) {
    this.#policy = policy
  }

  /** Throws AddressNotAllowed when the address is written out and not allowed; a name is checked at each connect. */
  get(connection: Connection, baseUrl: string): Upstream {
    const held = this.#upstreams.get(connection.id)
    if (held?.baseUrl === baseUrl) return held
    const url = new URL(baseUrl)
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
    this.#policy.checkLiteral(url.hostname, port)
    const pool = new Pool(url.origin, {
      connect: { timeout: UPSTREAM_TIMEOUTS.connectMs, lookup: this.#policy.lookup(port) },
      headersTimeout: UPSTREAM_TIMEOUTS.firstByteMs,
      bodyTimeout: UPSTREAM_TIMEOUTS.idleMs,
    })
    const upstream = { pool, basePath: url.pathname.replace(/\/+$/, ''), baseUrl }
    this.#upstreams.set(connection.id, upstream)
    if (held) void held.pool.close()
    return upstream
  }

  /** Ends what is still under way: nobody waits for it any more. */
  async close(): Promise<void> {
    await Promise.all([...this.#upstreams.values()].map(({ pool }) => pool.destroy()))
  }
}
