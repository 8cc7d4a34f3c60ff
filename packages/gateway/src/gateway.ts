import { Authenticator } from './api-key/authenticator.ts'
import type { Catalog } from './catalog/catalog.ts'
import { compileSnapshot } from './catalog/snapshot.ts'
import { Snapshots } from './catalog/snapshots.ts'
import type { Clock } from './clock.ts'
import { Circuits } from './completion/circuits.ts'
import { pause } from './completion/pause.ts'
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
  const snapshots = new Snapshots(catalog, (entry) => compileSnapshot(entry, () => NO_RULES))
  let draining = false
  return {
    authenticator,
    snapshots,
    gate: openGate,
    circuits: new Circuits(clock, Math.random),
    observer: { began: () => {}, ended: () => {} },
    providers,
    ledger,
    clock,
    random: Math.random,
    pause,
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

const NO_RULES = { decide: () => ({ targets: undefined, blocked: undefined, matched: undefined, rules: [] }) }
