import type { Rule } from '@vm-x/contract'
import type { TargetEntry } from '../catalog/catalog.ts'
import { type Connection, compileTarget, type RoutingSource, type Target } from '../catalog/snapshot.ts'
import { DrivenClock } from '../testing/driven-clock.ts'
import { compileRouting } from './compile-routing.ts'
import type { Routing, RoutingRequest, TargetSignals } from './routing.ts'

const NONE = { capacity: [], maxConcurrent: null }

const connection = (id: string): Connection => ({
  id,
  name: `Conn-${id}`,
  provider: 'demo',
  baseUrl: null,
  sealedApiKey: null,
  allowedModels: null,
  models: {},
  timeouts: {},
  limits: NONE,
  discoveredCapacity: 'ignore',
  enabled: true,
  version: 1,
  workspaceId: 'w',
  environmentId: 'e',
})

export const target = (connectionId: string, model = 'm'): Target => compileTarget(connection(connectionId), model)

/** A chat request to the primary target `p/m`. */
export const requestOf = (
  fields: Readonly<Record<string, unknown>> = {},
  more: Partial<RoutingRequest> & { labels?: readonly string[] } = {},
): RoutingRequest => ({
  operation: 'chat',
  fields,
  headers: {},
  stream: false,
  metadata: undefined,
  apiKey: {
    id: 'key-1',
    publicId: 'p',
    workspaceId: 'w',
    environmentId: 'e',
    enabled: true,
    expiresAt: null,
    secretEndsAt: null,
    allowedCidrs: null,
    resources: 'all',
    connections: [],
    labels: more.labels ?? [],
    limits: NONE,
  },
  primary: target('p'),
  inputTokens: 10,
  ...more,
})

export const silentSignals: TargetSignals = {
  errorRate: () => undefined,
  latencyP95: () => undefined,
  ttftP95: () => undefined,
  inFlight: () => 0,
  remainingPercent: () => undefined,
}

export type World = {
  readonly signals?: Partial<TargetSignals>
  readonly random?: () => number
  readonly clock?: DrivenClock
  /** Connections whose targets can't be called. */
  readonly off?: readonly string[]
}

/** Connections are known by any name `conn-<id>`. */
export function routingOf(
  rules: readonly Partial<Rule<TargetEntry>>[],
  { signals = {}, random = Math.random, clock = new DrivenClock(), off = [] }: World = {},
): Routing {
  const source: RoutingSource = {
    resourceId: 'resource-1',
    rules: rules.map((rule) => ({
      description: '',
      enabled: true,
      when: { all: [] },
      // biome-ignore lint/suspicious/noThenProperty: the name that people write
      then: { target: { connectionId: 'a', model: 'm' } },
      traffic: 100,
      ...rule,
    })),
    targetOf: ({ connectionId, model }) => (off.includes(connectionId) ? undefined : target(connectionId, model)),
    connectionNamed: (name) => (name.startsWith('conn-') ? { id: name.slice(5) } : undefined),
  }
  return compileRouting(source, { signals: { ...silentSignals, ...signals }, random, clock })
}

/** Numbers from 0 to 1 that are the same in each run. */
export function seeded(seed = 1): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
