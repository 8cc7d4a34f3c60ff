import { Authenticator } from './api-key/authenticator.ts'
import type { CapacityHistory } from './capacity/capacity-history.ts'
import type { CapacityLevel } from './capacity/capacity-level.ts'
import { CapacitySeeder } from './capacity/capacity-seeder.ts'
import type { CapacityStore } from './capacity/capacity-store.ts'
import { capacityView } from './capacity/capacity-view.ts'
import { DiscoveredCapacity } from './capacity/discovered-capacity.ts'
import type { EstimateError } from './capacity/estimate-errors.ts'
import { Estimates } from './capacity/estimates.ts'
import { KnowledgeExchange } from './capacity/knowledge-exchange.ts'
import { type EnvironmentKnowledge, knowledgeView, knownTargets } from './capacity/knowledge-view.ts'
import { type LimitedApiKey, Limits } from './capacity/limits.ts'
import { MemoryCapacityStore } from './capacity/memory-capacity-store.ts'
import { NO_SHARED_KNOWLEDGE, type SharedKnowledge, type TargetNews } from './capacity/shared-knowledge.ts'
import type { Catalog, EnvironmentEntry } from './catalog/catalog.ts'
import { compileSnapshot, type Target } from './catalog/snapshot.ts'
import { Snapshots } from './catalog/snapshots.ts'
import type { Clock } from './clock.ts'
import { Circuits } from './completion/circuits.ts'
import { explainRoute, type RouteExplanation, type RouteQuestion } from './completion/explain-route.ts'
import { Holds } from './completion/holds.ts'
import { pause } from './completion/pause.ts'
import type { Gateway } from './completion/pipeline.ts'
import { createGate } from './gate/gate.ts'
import type { Log } from './log.ts'
import type { Provider } from './providers/provider.ts'
import { compileRouting } from './routing/compile-routing.ts'
import { expressionCost } from './routing/expression.ts'
import { TargetStats } from './routing/target-stats.ts'

export type GatewayParts = {
  readonly catalog: Catalog
  readonly ledger: Gateway['ledger']
  /** What limits were charged before this process began. */
  readonly history: CapacityHistory
  readonly providers: ReadonlyMap<string, Provider>
  readonly clock: Clock
  readonly log: Log
  /** Where replicas count together; in this process alone when absent. */
  readonly capacity?: CapacityStore | undefined
  /** What replicas tell each other beside that; nothing when absent. */
  readonly knowledge?: SharedKnowledge | undefined
}

/** A gateway and the handles that whoever runs it needs. */
export type RunningGateway = Gateway & {
  /**
   * Configuration of these environments has changed. Resolves once every request that comes sees it: until then what
   * is in memory answers, so none waits, and requests under way keep the configuration that they began with. Throws when
   * it could not be read, which leaves what is known: to be tried again.
   */
  refresh(environmentIds: ReadonlySet<string> | 'all'): Promise<void>
  /** Where a request would go, and what would stop it: see {@link explainRoute}. */
  explainRoute(question: RouteQuestion): Promise<RouteExplanation>
  /**
   * The limits of an environment and of these API keys as they stand now; nothing is charged. Rejects with `unavailable`
   * where there is no such environment, or its configuration can't be read.
   */
  capacityOf(environmentId: string, apiKeys?: readonly LimitedApiKey[]): Promise<readonly CapacityLevel[]>
  /** What was learned in an environment from its answers: see {@link knowledgeView}. Rejects as {@link capacityOf}. */
  knowledgeOf(environmentId: string): Promise<EnvironmentKnowledge>
  /** How far estimates were off, of all that this process has seen; undefined before the first answer. */
  estimateError(): EstimateError | undefined
  /** Refuses new requests from now on; those under way go on. */
  drain(): void
  readonly draining: () => boolean
  /** Tells other replicas what was learned last. Never rejects. */
  close(): Promise<void>
}

/** Wires the request path. */
export function createGateway(parts: GatewayParts): RunningGateway {
  const { catalog, ledger, history, providers, clock, log, knowledge = NO_SHARED_KNOWLEDGE } = parts
  const random = Math.random
  const limits = new Limits()
  const store = parts.capacity ?? new MemoryCapacityStore(clock)
  const estimates = new Estimates(clock, knowledge.shared)
  const tell = ({ key, connection }: Target, news: Pick<TargetNews, 'discovered' | 'holdMs'>) =>
    knowledge.announce({ workspaceId: connection.workspaceId, targetKey: key, ...news })
  const holds = new Holds(clock, (target, holdMs) => tell(target, { holdMs }))
  const discovered = new DiscoveredCapacity({
    clock,
    announce: (target, told) => tell(target, { discovered: told }),
    hold: (target, ms) => holds.hold(target, ms),
  })
  const exchange = new KnowledgeExchange({
    knowledge,
    estimates,
    discovered,
    onHold: (targetKey, ms) => holds.heard(targetKey, ms),
    clock,
    log,
  })
  const gate = createGate({ store, clock, limits, discovered, estimates })
  const seeder = new CapacitySeeder({ store, history, limits, clock, log })
  const circuits = new Circuits(clock, random)
  const stats = new TargetStats(clock, gate.remainingPercent)
  const compile = (entry: EnvironmentEntry, draw = random) =>
    compileSnapshot(entry, (source) => compileRouting(source, { signals: stats, random: draw, clock }))
  const authenticator = new Authenticator(catalog, clock)
  const snapshots = new Snapshots(
    catalog,
    (entry) => compile(entry),
    (snapshot) => bothOf(seeder.environment(snapshot), exchange.prepare(snapshot)),
    (environmentId) => seeder.environmentGone(environmentId),
  )
  let draining = false
  return {
    authenticator,
    snapshots,
    seeder,
    gate,
    circuits,
    holds,
    rateLimits: discovered,
    observer: stats,
    providers,
    ledger,
    clock,
    random,
    pause,
    accepting: () => !draining,
    refresh: async (environmentIds) => {
      const snapshotsRefreshed = snapshots.refresh(environmentIds)
      // Before the keys, whose limits are compiled once, with the time zone of their snapshot. Keys need not wait for
      // more: a revoked one must not go on because an environment can't be read.
      await Promise.allSettled([snapshotsRefreshed])
      await authenticator.refresh(environmentIds)
      await (await snapshotsRefreshed).prepared
    },
    explainRoute: (question) =>
      explainRoute({ gate, circuits, holds, clock, random, expressionCost, compile }, question),
    capacityOf: async (environmentId, apiKeys = []) => {
      const snapshot = await snapshots.get(environmentId)
      for (const apiKey of apiKeys) await seeder.apiKey(snapshot, apiKey)
      const targets = knownTargets(estimates.errors.lessons.keys(), snapshot)
      return capacityView({ store, limits, discovered, clock }, snapshot, apiKeys, targets)
    },
    knowledgeOf: async (environmentId) => {
      const heldMs = (targetKey: string) => holds.heldMs(targetKey)
      return knowledgeView({ exchange, estimates, discovered, heldMs }, await snapshots.get(environmentId))
    },
    estimateError: () => estimates.errors.ofThisProcess(),
    drain: () => {
      draining = true
    },
    draining: () => draining,
    close: () => exchange.close(),
  }
}

const bothOf = (one: Promise<void> | undefined, other: Promise<void> | undefined): Promise<void> | undefined =>
  one && other ? Promise.all([one, other]).then(() => {}) : (one ?? other)
