import { Authenticator } from '../api-key/authenticator.ts'
import type { ApiKeyEntry, ConnectionEntry, ResourceEntry } from '../catalog/catalog.ts'
import { compileSnapshot } from '../catalog/snapshot.ts'
import { Snapshots } from '../catalog/snapshots.ts'
import { Circuits } from '../completion/circuits.ts'
import type { Call } from '../completion/exchange.ts'
import { Holds } from '../completion/holds.ts'
import { complete, type Gateway } from '../completion/pipeline.ts'
import { type ErrorCode, GatewayError } from '../errors.ts'
import { type CapacityRequest, type Gate, openGate } from '../gate/gate.ts'
import type { Operation, Usage } from '../ledger/exchange-record.ts'
import type { Provider, ProviderReply, ProviderRequest } from '../providers/provider.ts'
import type { Routing, TargetObserver } from '../routing/routing.ts'
import { CatalogDouble, connectionEntry, environmentEntry, resourceEntry } from './catalog-double.ts'
import { DrivenClock } from './driven-clock.ts'
import { LedgerDouble } from './ledger-double.ts'
import { StreamDouble, USAGE } from './stream-double.ts'

export type Script = (request: ProviderRequest) => Promise<ProviderReply>

export type WorldParts = {
  /** What the provider of the primary target and that of the fallback do. */
  a?: Script
  b?: Script
  /** Throws where the gate is to refuse this connection. */
  admit?: (connection: string) => void
  key?: Partial<ApiKeyEntry>
  resource?: Partial<ResourceEntry>
  routing?: Routing
  /** What each connection says about its models. */
  models?: Record<string, ConnectionEntry['models']>
  /** From 0 up to 1; 1 where a wait shall be as long as it can. */
  random?: () => number
}

/**
 * The request path between doubles: the resource `gpt` has the target `a`, then `b`, and no retries unless they are
 * asked for; `log` says in order what the gate and the providers were asked.
 */
export function requestWorld(parts: WorldParts = {}) {
  const log: string[] = []
  const requests: ProviderRequest[] = []
  const loans: CapacityRequest[] = []
  /** What each loan was closed with. */
  const closed: (number | string)[] = []
  const observed: string[] = []
  /** The waits before retries, in milliseconds. */
  const waits: number[] = []
  const provider = (id: string, script: Script = answers()): [string, Provider] => [
    id,
    {
      call: (request) => {
        log.push(`call ${id}`)
        requests.push(request)
        return script(request)
      },
      close: async () => {},
    },
  ]
  const said = (usage: Usage | undefined) => (usage ? usage.input + usage.output : 'nothing')
  const gate: Gate = {
    open: (request) => {
      loans.push(request)
      let estimate: { input: number; output: number } | undefined
      return {
        admit: async ({ connection }) => {
          log.push(`admit ${connection.id}`)
          parts.admit?.(connection.id)
          estimate = { input: Math.ceil(request.size.textBytes / 4), output: request.size.outputLimit ?? 512 }
          return {
            progress: (usage) => log.push(`progress ${connection.id} ${said(usage)}`),
            settle: (usage) => log.push(`settle ${connection.id} ${said(usage)}`),
            release: () => log.push(`release ${connection.id}`),
          }
        },
        get estimate() {
          return estimate
        },
        headers: () => ({}),
        close: (sent, usage) => closed.push(sent ? said(usage) : 'given back'),
      }
    },
    foresee: openGate.foresee,
    expectedInput: (_target, { textBytes }) => Math.ceil(textBytes / 4),
    remainingPercent: () => undefined,
  }
  const observer: TargetObserver = {
    began: (key) => observed.push(`began ${key}`),
    ended: (key, { outcome }) => observed.push(`ended ${key} ${outcome}`),
  }
  const catalog = new CatalogDouble()
  const connections = ['a', 'b'].map((id) =>
    connectionEntry(id, { provider: id, allowedModels: ['m', 'modèle'], models: parts.models?.[id] ?? {} }),
  )
  catalog.environments.set(
    'e',
    environmentEntry(connections, [resourceEntry('gpt', ['a', 'b'], { retries: { max: 0 }, ...parts.resource })]),
  )
  const key = catalog.addKey(parts.key)
  const clock = new DrivenClock()
  const ledger = new LedgerDouble()
  const client = new AbortController()
  let accepting = true
  const gateway: Gateway = {
    authenticator: new Authenticator(catalog, clock),
    snapshots: new Snapshots(catalog, (entry) => compileSnapshot(entry, () => parts.routing ?? NO_RULES)),
    seeder: { apiKey: () => undefined },
    gate,
    circuits: new Circuits(clock, parts.random ?? (() => 0)),
    holds: new Holds(clock),
    rateLimits: { note: () => {} },
    observer,
    providers: new Map([provider('a', parts.a), provider('b', parts.b)]),
    ledger,
    clock,
    random: parts.random ?? (() => 0),
    pause: async (ms) => {
      waits.push(ms)
      clock.advance(ms)
    },
    accepting: () => accepting,
  }
  const callOf = (body: unknown, headers: Record<string, string> = {}, operation: Operation = 'chat'): Call => ({
    id: '01900000-0000-7000-8000-000000000000',
    operation,
    headers: { authorization: `Bearer ${key}`, ...headers },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    sourceAddress: '192.0.2.1',
    signal: client.signal,
  })
  const ask = (
    body: unknown = { model: 'gpt' },
    headers?: Record<string, string>,
    operation?: Operation,
    through: Gateway = gateway,
  ) => complete(through, callOf(body, headers, operation))
  const drain = () => {
    accepting = false
  }
  return { ask, callOf, gateway, catalog, clock, ledger, log, requests, loans, closed, observed, waits, client, drain }
}

const NO_RULES: Routing = {
  decide: () => ({ targets: undefined, blocked: undefined, matched: undefined, rules: [] }),
}

/** Reached the provider and got this. */
export const answers =
  (body = '{"ok":true}'): Script =>
  async ({ attempt }) => {
    attempt.sent = true
    attempt.status = 200
    return { kind: 'json', headers: {}, body: Buffer.from(body), usage: USAGE }
  }

/** Reached the provider and failed there. */
export const fails =
  (code: ErrorCode, details = {}, status?: number): Script =>
  async ({ attempt }) => {
    attempt.sent = true
    if (status !== undefined) attempt.status = status
    throw new GatewayError(code, `it is ${code}`, details)
  }

/** No byte reached the provider. */
export const isUnreachable: Script = async () => {
  throw new GatewayError('provider_unavailable', 'connection refused')
}

/** Waits until the client has gone, as a provider does that is slow to answer. */
export const isSlow: Script = ({ attempt, signal }) => {
  attempt.sent = true
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new GatewayError('client_closed', 'aborted')))
  })
}

export const streams =
  (stream = new StreamDouble()): Script =>
  async ({ attempt }) => {
    attempt.sent = true
    return { kind: 'stream', headers: {}, stream }
  }
