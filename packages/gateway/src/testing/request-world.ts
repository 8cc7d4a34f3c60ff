import { Authenticator } from '../api-key/authenticator.ts'
import type { ApiKeyEntry } from '../catalog/catalog.ts'
import { Snapshots } from '../catalog/snapshots.ts'
import type { Call } from '../completion/exchange.ts'
import { complete, type Gateway } from '../completion/pipeline.ts'
import { type ErrorCode, GatewayError } from '../errors.ts'
import type { AdmissionRequest, Gate } from '../gate.ts'
import type { Operation } from '../ledger/exchange-record.ts'
import type { Provider, ProviderReply, ProviderRequest } from '../providers/provider.ts'
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
  settle?: () => Promise<void>
  release?: () => Promise<void>
  key?: Partial<ApiKeyEntry>
}

/**
 * The request path between doubles: the resource `gpt` has the target `a`, then `b`; `log` says in order what the gate
 * and the providers were asked.
 */
export function requestWorld(parts: WorldParts = {}) {
  const log: string[] = []
  const requests: ProviderRequest[] = []
  const admissions: AdmissionRequest[] = []
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
  const gate: Gate = {
    admit: async (request) => {
      const { connection } = request.target
      admissions.push(request)
      log.push(`admit ${connection.id}`)
      parts.admit?.(connection.id)
      return {
        settle: async (usage) => {
          log.push(`settle ${connection.id} ${usage ? usage.input + usage.output : 'nothing'}`)
          await parts.settle?.()
        },
        release: async () => {
          log.push(`release ${connection.id}`)
          await parts.release?.()
        },
      }
    },
  }
  const catalog = new CatalogDouble()
  const connections = ['a', 'b'].map((id) => connectionEntry(id, { provider: id, allowedModels: ['m', 'modèle'] }))
  catalog.environments.set('e', environmentEntry(connections, [resourceEntry('gpt', ['a', 'b'])]))
  const key = catalog.addKey(parts.key)
  const clock = new DrivenClock()
  const ledger = new LedgerDouble()
  const client = new AbortController()
  let accepting = true
  const gateway: Gateway = {
    authenticator: new Authenticator(catalog, clock),
    snapshots: new Snapshots(catalog),
    gate,
    providers: new Map([provider('a', parts.a), provider('b', parts.b)]),
    ledger,
    clock,
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
  const ask = (body: unknown = { model: 'gpt' }, headers?: Record<string, string>, operation?: Operation) =>
    complete(gateway, callOf(body, headers, operation))
  const drain = () => {
    accepting = false
  }
  return { ask, callOf, gateway, catalog, clock, ledger, log, requests, admissions, client, drain }
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
  (code: ErrorCode, details = {}): Script =>
  async ({ attempt }) => {
    attempt.sent = true
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
    signal.addEventListener('abort', () => reject(new GatewayError('client_closed', 'aborted')), { once: true })
  })
}

export const streams =
  (stream = new StreamDouble()): Script =>
  async ({ attempt }) => {
    attempt.sent = true
    return { kind: 'stream', headers: {}, stream }
  }
