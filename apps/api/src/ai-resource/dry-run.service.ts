import { Inject, Injectable } from '@nestjs/common'
import type { AiResourceInput, ApiKey, NewRouteQuestion, Policy, RouteAnswer, RouteQuestion } from '@vm-x/contract'
import {
  type ApiKeyEntry,
  type EnvironmentEntry,
  type ForeseenLimit,
  GatewayError,
  type ResourceEntry,
  type RouteExplanation,
} from '@vm-x/gateway'
import { type EnvironmentContext, place, SqlCatalog } from '@vm-x/storage'
import { v7 as uuidv7 } from 'uuid'
import { ApiKeyService } from '../api-key/api-key.service.ts'
import { AtOnce } from '../http/at-once.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { invalidFields, notFound, Problem } from '../http/problem.ts'
import { requirePermission } from '../http/tenancy.ts'
import { resourceFaults } from './resource-faults.ts'

export type Asker = { readonly policy: Policy; readonly sourceAddress: string | null }

/** Tells where a request would go, without sending it. */
@Injectable()
export class DryRunService {
  /** Each reads the whole environment. */
  readonly #running = new AtOnce(8, 'dry runs are under way')

  constructor(
    @Inject(MANAGEMENT) private readonly management: Management,
    @Inject(ApiKeyService) private readonly apiKeys: ApiKeyService,
  ) {}

  /**
   * Throws `invalid_fields` for what is wrong with the draft or the request, and `permission_missing` where whoever asks
   * may not see the key, or asks a draft of what they may not change: rules look at any connection by its name; and
   * `unavailable` when too many are under way.
   */
  explain(context: EnvironmentContext, id: string, question: RouteQuestion, asker: Asker): Promise<RouteAnswer> {
    return this.#running.run(async () => {
      const { draft } = question
      if (draft) requirePermission(asker.policy, 'ai-resource:update', nameIn(context, 'ai-resource', id))
      const environment = await this.#environment(context)
      const saved = environment.resources.find((resource) => resource.id === id)
      if (!saved) throw notFound('AI resource')
      return this.#explain(environment, draft ? draftIn(environment, id, draft) : saved, question, asker)
    })
  }

  /** The same of a resource that is nothing but a draft. */
  explainNew(context: EnvironmentContext, question: NewRouteQuestion, asker: Asker): Promise<RouteAnswer> {
    return this.#running.run(async () => {
      const environment = await this.#environment(context)
      return this.#explain(environment, draftIn(environment, uuidv7(), question.draft), question, asker)
    })
  }

  async #environment({ workspaceId, environmentId }: EnvironmentContext): Promise<EnvironmentEntry> {
    const environment = await new SqlCatalog(this.management.db).environment(environmentId)
    if (environment?.workspaceId !== workspaceId) throw notFound('environment')
    return environment
  }

  async #explain(
    environment: EnvironmentEntry,
    resource: ResourceEntry,
    { request, headers, apiKeyId, draws }: RouteQuestion,
    { policy, sourceAddress }: Asker,
  ): Promise<RouteAnswer> {
    const context = { workspaceId: environment.workspaceId, environmentId: environment.id }
    const apiKey = apiKeyId === undefined ? undefined : await this.#apiKey(context, apiKeyId, policy)
    const explanation = await this.management.gateway
      .explainRoute({
        environment,
        resource,
        body: request,
        headers,
        draws,
        ...(apiKey && { apiKey }),
        ...(sourceAddress !== null && { sourceAddress }),
      })
      .catch(asProblem)
    return answerOf(explanation, this.#refusal(resource, apiKey) ?? explanation.refusedBy)
  }

  async #apiKey(context: EnvironmentContext, id: string, policy: Policy): Promise<ApiKeyEntry> {
    requirePermission(policy, 'api-key:get', nameIn(context, 'api-key', id))
    const key = await this.apiKeys.get(context, id).catch((error: unknown) => {
      if (!(error instanceof Problem) || error.code !== 'not_found') throw error
      throw invalidFields([{ path: 'apiKeyId', message: 'the environment has no such API key' }])
    })
    return keyEntry(context, key)
  }

  /** What the data plane asks before it looks for a route. */
  #refusal(resource: ResourceEntry, apiKey: ApiKeyEntry | undefined): RouteAnswer['refusedBy'] {
    const expired = (apiKey?.expiresAt ?? Infinity) <= this.management.clock.now()
    if (apiKey && (!apiKey.enabled || expired)) return 'invalid_api_key'
    if (!resource.enabled) return 'model_not_found'
    const allowed = apiKey?.resources ?? 'all'
    return allowed === 'all' || allowed.includes(resource.id) ? undefined : 'resource_not_allowed'
  }
}

/** What policies call it. */
const nameIn = ({ workspaceId, environmentId }: EnvironmentContext, kind: string, id: string) =>
  `workspace:${workspaceId}/environment:${environmentId}/${kind}:${id}`

/** Throws `invalid_fields`. */
function draftIn({ connections }: EnvironmentEntry, id: string, draft: AiResourceInput): ResourceEntry {
  const faults = resourceFaults(draft, connections)
  if (faults.length > 0) throw invalidFields(faults.map(({ path, ...fault }) => ({ path: `draft.${path}`, ...fault })))
  return entryOf(id, draft)
}

const entryOf = (id: string, { fallback, capacity, maxConcurrent, ...draft }: AiResourceInput): ResourceEntry => ({
  ...draft,
  id,
  fallbackModels: fallback.enabled ? fallback.models : [],
  fallbackOn: fallback.on,
  limits: { capacity, maxConcurrent },
})

const keyEntry = (context: EnvironmentContext, key: ApiKey): ApiKeyEntry => ({
  ...context,
  id: key.id,
  publicId: key.publicId,
  enabled: key.enabled,
  expiresAt: key.expiresAt === null ? null : Date.parse(key.expiresAt),
  secretEndsAt: null,
  allowedCidrs: key.allowedCidrs,
  resources: key.resources,
  connections: key.connections,
  labels: key.labels,
  limits: { capacity: key.capacity, maxConcurrent: key.maxConcurrent },
})

/** The data plane would refuse the request for this, too. */
function asProblem(error: unknown): never {
  if (!(error instanceof GatewayError) || error.code !== 'invalid_request') throw error
  const { param, message } = error
  const path = param?.startsWith('x-vmx-')
    ? place(['headers', param])
    : ['request', param].filter((part) => part !== undefined).join('.')
  throw invalidFields([{ path, message }])
}

const answerOf = (
  { limits, targets, expressions, draws, refusedBy: _, ...explanation }: RouteExplanation,
  refusedBy: RouteAnswer['refusedBy'],
): RouteAnswer => ({
  ...explanation,
  ...(refusedBy !== undefined && { refusedBy }),
  fullLimits: fullOf(limits),
  targets: targets.map(({ limits: its, unbounded: _, ...target }) => ({ ...target, fullLimits: fullOf(its) })),
  expressions: [...expressions],
  draws: [...draws],
})

const fullOf = (limits: readonly ForeseenLimit[]): RouteAnswer['fullLimits'] =>
  limits
    .filter(({ refuses }) => refuses)
    .map(({ owner, period, dimension }) => ({ owner, period, ...(dimension !== undefined && { dimension }) }))
