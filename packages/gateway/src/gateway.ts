import { Authenticator } from './api-key/authenticator.ts'
import type { CancelSignal } from './cancel.ts'
import type { Catalog } from './catalog/catalog.ts'
import { Snapshots } from './catalog/snapshots.ts'
import type { Clock } from './clock.ts'
import type { Gateway } from './completion/pipeline.ts'
import { openGate } from './gate.ts'
import type { Provider } from './providers/provider.ts'

export type GatewayParts = {
  readonly catalog: Catalog
  readonly ledger: Gateway['ledger']
  readonly providers: ReadonlyMap<string, Provider>
  readonly clock: Clock
}

/** A gateway and the handles that whoever runs it needs. */
export type RunningGateway = Gateway & {
  /** Configuration has changed: what comes next reads it anew. */
  invalidate(): void
  /** Refuses new requests from now on; those under way go on. */
  drain(): void
  readonly draining: () => boolean
}

/** Wires the request path. */
export function createGateway({ catalog, ledger, providers, clock }: GatewayParts): RunningGateway {
  const authenticator = new Authenticator(catalog, clock)
  const snapshots = new Snapshots(catalog)
  let draining = false
  return {
    authenticator,
    snapshots,
    gate: openGate,
    providers,
    ledger,
    clock,
    accepting: () => !draining,
    invalidate: () => {
      authenticator.invalidate()
      snapshots.invalidate()
    },
    drain: () => {
      draining = true
    },
    draining: () => draining,
  }
}
