import { Inject, Injectable } from '@nestjs/common'
import type { ConnectionTest, ConnectionTrial } from '@vm-x/contract'
import type { ConnectionTest as Probed, ProbedConnection } from '@vm-x/gateway'
import type { EnvironmentContext } from '@vm-x/storage'
import { v7 as uuidv7 } from 'uuid'
import type { Author } from '../change/author.ts'
import { type ChangeEvent, Changes } from '../change/changes.ts'
import { AtOnce } from '../http/at-once.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { invalidFields } from '../http/problem.ts'
import { AiConnectionService } from './ai-connection.service.ts'
import { credentialProblems, placeProblems } from './connection-problems.ts'
import { type ConnectionRow, connectionEvent } from './present-connection.ts'

/**
 * Asks providers whether connections work. What they say of failures goes nowhere: it may hold anything. Only so many
 * are asked at once: one more is refused with `unavailable`.
 */
@Injectable()
export class ConnectionTrials {
  /** Each may hold a connection for ten seconds. */
  readonly #asking = new AtOnce(5, 'providers are being asked')

  constructor(
    @Inject(MANAGEMENT) private readonly management: Pick<Management, 'addresses' | 'probe'>,
    @Inject(AiConnectionService) private readonly connections: Pick<AiConnectionService, 'row'>,
    @Inject(Changes) private readonly changes: Pick<Changes, 'run'>,
  ) {}

  /** Throws `not_found`, and `invalid_fields` for a model that the connection does not allow. */
  async test(
    author: Author,
    context: EnvironmentContext,
    id: string,
    model: string | undefined,
  ): Promise<ConnectionTest> {
    const row = await this.connections.row(context, id)
    if (model !== undefined && row.allowed_models && !row.allowed_models.includes(model))
      throw invalidFields([{ path: 'model', message: "is not one of the connection's allowedModels" }])
    const options = model === undefined ? {} : { model }
    const result = await this.#asking.run(() => this.management.probe.test(probedOf(row), options))
    const after = outcomeOf({ provider: row.provider, baseUrl: row.base_url, model }, result)
    await this.#tell(author, { ...connectionEvent(row, 'test'), before: null, after })
    return testOf(result)
  }

  /** Nothing of it is kept but an event. Throws `invalid_fields` for what could not be saved. */
  async testNew(author: Author, context: EnvironmentContext, trial: ConnectionTrial): Promise<ConnectionTest> {
    const { provider, config, credentials, model } = trial
    const problems = [...placeProblems(trial, this.management.addresses), ...credentialProblems(trial)]
    if (problems.length > 0) throw invalidFields(problems)
    const baseUrl = config.baseUrl ?? null
    const connection: ProbedConnection = {
      ...context,
      id: uuidv7(),
      provider,
      baseUrl,
      sealedApiKey: null,
      allowedModels: null,
      timeouts: {},
    }
    const apiKey = credentials?.apiKey ?? null
    const options = model === undefined ? { apiKey } : { apiKey, model }
    const result = await this.#asking.run(() => this.management.probe.test(connection, options))
    const after = outcomeOf({ provider, baseUrl, model }, result)
    const action = 'ai-connection:test'
    await this.#tell(author, { action, kind: 'provider', id: provider, ...context, before: null, after })
    return testOf(result)
  }

  /** Throws `not_found`. */
  async models(context: EnvironmentContext, id: string) {
    const row = await this.connections.row(context, id)
    const list = await this.#asking.run(() => this.management.probe.listModels(probedOf(row)))
    if (!list.ok) return { items: [], error: { code: list.error, message: list.message } }
    const allowed = row.allowed_models && new Set(row.allowed_models)
    return { items: list.models.map((model) => ({ id: model, allowed: allowed?.has(model) ?? true })), error: null }
  }

  /** Whatever the author may still do by now: the provider was asked. */
  #tell({ requireAllowed: _, ...author }: Author, event: ChangeEvent): Promise<void> {
    return this.changes.run(author, (change) => change.record(event))
  }
}

type Tried = { readonly provider: string; readonly baseUrl: string | null; readonly model: string | undefined }

/** What the audit says of a test: who was called, and what came of it. No more of the address than its host. */
const outcomeOf = ({ provider, baseUrl, model }: Tried, result: Probed) => ({
  provider,
  host: baseUrl === null ? null : URL.parse(baseUrl)?.host,
  model: model ?? null,
  result: result.ok ? 'ok' : result.error,
})

const probedOf = (row: ConnectionRow): ProbedConnection => ({
  id: row.id,
  workspaceId: row.workspace_id,
  environmentId: row.environment_id,
  provider: row.provider,
  baseUrl: row.base_url,
  sealedApiKey: row.sealed_api_key,
  allowedModels: row.allowed_models,
  timeouts: row.timeouts,
})

const testOf = (result: Probed): ConnectionTest =>
  result.ok
    ? { ok: true, latencyMs: result.latencyMs, models: result.models ? [...result.models] : null, error: null }
    : { ok: false, latencyMs: null, models: null, error: { code: result.error, message: result.message } }
