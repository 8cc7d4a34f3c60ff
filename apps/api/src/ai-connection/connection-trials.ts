import { Inject, Injectable } from '@nestjs/common'
import type { ConnectionTest, ConnectionTrial } from '@vm-x/contract'
import type { ConnectionTest as Probed, ProbedConnection } from '@vm-x/gateway'
import type { EnvironmentContext } from '@vm-x/storage'
import { v7 as uuidv7 } from 'uuid'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { invalidFields } from '../http/problem.ts'
import { AiConnectionService } from './ai-connection.service.ts'
import { credentialProblems, placeProblems } from './connection-problems.ts'
import type { ConnectionRow } from './present-connection.ts'

/** Asks providers whether connections work. What they say of failures goes nowhere: it may hold anything. */
@Injectable()
export class ConnectionTrials {
  constructor(
    @Inject(MANAGEMENT) private readonly management: Pick<Management, 'addresses' | 'probe'>,
    @Inject(AiConnectionService) private readonly connections: AiConnectionService,
  ) {}

  /** Throws `not_found`, and `invalid_fields` for a model that the connection does not allow. */
  async test(context: EnvironmentContext, id: string, model: string | undefined): Promise<ConnectionTest> {
    const row = await this.connections.row(context, id)
    if (model !== undefined && row.allowed_models && !row.allowed_models.includes(model))
      throw invalidFields([{ path: 'model', message: "is not one of the connection's allowedModels" }])
    return testOf(await this.management.probe.test(probedOf(row), model === undefined ? {} : { model }))
  }

  /** Nothing of it is kept. Throws `invalid_fields` for what could not be saved. */
  async testNew(context: EnvironmentContext, trial: ConnectionTrial): Promise<ConnectionTest> {
    const { provider, config, credentials, model } = trial
    const problems = [...placeProblems(trial, this.management.addresses), ...credentialProblems(trial)]
    if (problems.length > 0) throw invalidFields(problems)
    const connection: ProbedConnection = {
      ...context,
      id: uuidv7(),
      provider,
      baseUrl: config.baseUrl ?? null,
      sealedApiKey: null,
      allowedModels: null,
      timeouts: {},
    }
    const apiKey = credentials?.apiKey ?? null
    return testOf(await this.management.probe.test(connection, model === undefined ? { apiKey } : { apiKey, model }))
  }

  /** Throws `not_found`. */
  async models(context: EnvironmentContext, id: string) {
    const row = await this.connections.row(context, id)
    const list = await this.management.probe.listModels(probedOf(row))
    if (!list.ok) return { items: [], error: { code: list.error, message: list.message } }
    const allowed = row.allowed_models && new Set(row.allowed_models)
    return { items: list.models.map((model) => ({ id: model, allowed: allowed?.has(model) ?? true })), error: null }
  }
}

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
