export { normalisedRange } from './api-key/address-ranges.ts'
export { generateApiKey, parseApiKey, type StoredApiKey } from './api-key/api-key.ts'
export {
  type CapacityHistory,
  type ChargedQuery,
  type ChargedRow,
  type ChargeGroup,
  MOST_CHARGED_ROWS,
} from './capacity/capacity-history.ts'
export type { Amount, CapacityLevel } from './capacity/capacity-level.ts'
export {
  type Beginning,
  type CapacityCounter,
  type CapacityFamily,
  type CapacityItem,
  type CapacityStore,
  type CapacityWindow,
  type Charge,
  type Denied,
  familyOf,
  type Granted,
  LEASE_MS,
  type Look,
  type Receipt,
  type Remaining,
  type Reservation,
  SUB_WINDOW_MS,
  SUB_WINDOWS,
  type Used,
} from './capacity/capacity-store.ts'
export type { EstimateError } from './capacity/estimate-errors.ts'
export type { EnvironmentKnowledge, TargetKnowledge } from './capacity/knowledge-view.ts'
export type { LimitedApiKey } from './capacity/limits.ts'
export { MemoryCapacityStore } from './capacity/memory-capacity-store.ts'
export {
  type Batch,
  DISCOVERED_MS,
  isMoving,
  type Known,
  LESSON_MS,
  type Learned,
  type Lesson,
  MOST_RECENT,
  type SharedKnowledge,
  type Subject,
  type TargetNews,
  WIDTHS,
} from './capacity/shared-knowledge.ts'
export type {
  ApiKeyEntry,
  Catalog,
  ConnectionEntry,
  EnvironmentEntry,
  LimitsEntry,
  ModelEntry,
  ResourceEntry,
  TargetEntry,
} from './catalog/catalog.ts'
export { chatAs, type UserChat } from './chat-as.ts'
export { type Clock, systemClock } from './clock.ts'
export type { ExplainedTarget, RouteExplanation, RouteQuestion } from './completion/explain-route.ts'
export type { UserPrincipal } from './completion/principal.ts'
export { asGatewayError, ERROR_CODES, type ErrorCode, GatewayError } from './errors.ts'
export type { ForeseenLimit, ForeseenTarget } from './gate/foresight.ts'
export { createGateway, type GatewayParts, type RunningGateway } from './gateway.ts'
export type { AuditPageQuery, AuditScope, AuditStore, AuditTail, AuditTailPosition } from './ledger/audit-store.ts'
export type { Attempt, DecisionRecord, ExchangeRecord, Operation, Usage } from './ledger/exchange-record.ts'
export type { Journal, JournalEntry, JournalStats } from './ledger/journal.ts'
export { createLedger, Ledger } from './ledger/ledger.ts'
export { BatchRejected, type RecordSink } from './ledger/record-sink.ts'
export { Shipper } from './ledger/shipper.ts'
export { bucketStarts } from './ledger/usage-buckets.ts'
export type { UsageRow, UsageStore } from './ledger/usage-store.ts'
export type { Log } from './log.ts'
export { silentLog } from './log.ts'
export {
  answerExpectation,
  answerFrameworkError,
  answerParserError,
  answerUnknownUrl,
  gatewayPlugin,
  type PluginOptions,
} from './plugin.ts'
export {
  type ConnectionProbe,
  type ConnectionTest,
  createConnectionProbe,
  type ModelList,
  type ProbedConnection,
  type ProbeFault,
  type ProbeOptions,
} from './providers/connection-probe.ts'
export { type DemoServer, startDemoServer } from './providers/demo-server.ts'
export { type Preset, presets } from './providers/presets.ts'
export type { Provider } from './providers/provider.ts'
export { createProviders, type ProviderParts } from './providers/registry.ts'
export { AddressNotAllowed, UpstreamAddressPolicy } from './providers/upstream-address.ts'
export { checkRouting } from './routing/check-routing.ts'
export { expressionCost, MOST_EXPRESSION_COST } from './routing/expression.ts'
export { type ConfiguredResource, resourceProblems } from './routing/resource-problems.ts'
export { targetsLookedAt } from './routing/targets-looked-at.ts'
export { type Vault, type VaultContext, VaultError } from './vault.ts'
