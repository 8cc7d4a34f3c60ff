import { DEFAULT_TIMEOUTS } from '@vm-x/contract'
import type { Connection } from '../catalog/snapshot.ts'
import { type ErrorCode, GatewayError } from '../errors.ts'
import { Credentials } from './credentials.ts'
import { modelIds } from './model-list.ts'
import { type Preset, presets } from './presets.ts'
import { ProbeClient } from './probe-client.ts'
import { probeError } from './probe-error.ts'
import { locatedPreset, type ProviderParts } from './registry.ts'

/** A connection that is stored, or one that is still being made up. */
export type ProbedConnection = Pick<
  Connection,
  'id' | 'workspaceId' | 'environmentId' | 'provider' | 'baseUrl' | 'sealedApiKey' | 'allowedModels' | 'timeouts'
>

export type ProbeOptions = {
  /** The credential in plain text, or null for none, instead of the connection's own, which the vault opens. */
  readonly apiKey?: string | null
}

/** What went wrong: a code of the error table and our own words. Nothing that the other side said is in them. */
export type ProbeFault = { readonly ok: false; readonly error: ErrorCode; readonly message: string }

export type ConnectionTest =
  | {
      readonly ok: true
      readonly latencyMs: number
      /** What the provider offers; absent where it has no list. */
      readonly models?: readonly string[]
    }
  | ProbeFault

export type ModelList = { readonly ok: true; readonly models: readonly string[] } | ProbeFault

/**
 * Asks the provider of a connection, as cheaply as it can, whether the connection works. Within 10 seconds or what is
 * less of the connection's own time limits; to no address but those that requests may go to. Never rejects.
 */
export interface ConnectionProbe {
  /**
   * Reads the list of models; where there is none, has one token of `model` answered, else of the first model that the
   * connection allows or its provider is known for.
   */
  test(connection: ProbedConnection, options?: ProbeOptions & { readonly model?: string }): Promise<ConnectionTest>
  /** At most 5,000 models by their names in requests, sorted. */
  listModels(connection: ProbedConnection, options?: ProbeOptions): Promise<ModelList>
}

export function createConnectionProbe({ vault, policy, clock, demoUrl }: ProviderParts): ConnectionProbe {
  const credentials = new Credentials(vault, clock)
  const open = async (connection: ProbedConnection, { apiKey }: ProbeOptions): Promise<Opened> => {
    const row = presets.get(connection.provider)
    if (!row)
      throw new GatewayError('unavailable', `The provider '${connection.provider}' is not known to this gateway`)
    const preset = locatedPreset(row, demoUrl)
    const baseUrl = connection.baseUrl ?? preset.baseUrl
    if (baseUrl === null) throw new GatewayError('invalid_request', 'The connection has no address')
    const secret = apiKey === undefined ? await credentials.open(connection) : apiKey
    const { connectMs = DEFAULT_TIMEOUTS.connectMs, totalMs = LONGEST_MS } = connection.timeouts
    const limits = { connectMs: Math.min(connectMs, LONGEST_MS), totalMs: Math.min(totalMs, LONGEST_MS) }
    return { preset, secret, client: new ProbeClient({ baseUrl, preset, secret, policy, limits }) }
  }
  const probe = async <T>(
    connection: ProbedConnection,
    options: ProbeOptions,
    work: (opened: Opened) => Promise<T>,
  ) => {
    let opened: Opened | undefined
    try {
      opened = await open(connection, options)
      return await work(opened)
    } catch (cause) {
      const { code, message } = probeError(cause)
      return { ok: false, error: code, message } satisfies ProbeFault
    } finally {
      await opened?.client.close()
    }
  }
  return {
    test: (connection, options = {}) =>
      probe(connection, options, async (opened) => {
        const startedMs = clock.monotonicMs()
        const models = await tried(opened, connection, options.model)
        const latencyMs = Math.round(clock.monotonicMs() - startedMs)
        return { ok: true, latencyMs, ...(models && { models }) }
      }),
    listModels: (connection, options = {}) =>
      probe(connection, options, async (opened) => {
        if (opened.preset.listing?.none)
          throw new GatewayError('unsupported_parameter', `${opened.preset.name} has no list of models`)
        return { ok: true, models: await listed(opened) }
      }),
  }
}

type Opened = { readonly preset: Preset; readonly secret: string | null; readonly client: ProbeClient }

const LONGEST_MS = 10_000

/** Resolves when the connection works, with its models where they are listed. */
async function tried(
  opened: Opened,
  { allowedModels }: ProbedConnection,
  model: string | undefined,
): Promise<readonly string[] | undefined> {
  const { preset, client } = opened
  if (preset.listing?.keyPath !== undefined) await client.get(preset.listing.keyPath)
  if (!preset.listing?.none) {
    try {
      return await listed(opened)
    } catch (error) {
      // Servers of this wire need not have a list: then the model says whether they are there.
      if (model === undefined || !(error instanceof GatewayError) || error.code !== 'provider_rejected') throw error
    }
  }
  const asked = model ?? allowedModels?.[0] ?? preset.defaultModels[0]
  if (asked === undefined) throw new GatewayError('invalid_request', 'There is no list of models: name one to try')
  await client.post(preset.paths?.chat ?? '/chat/completions', {
    model: asked,
    messages: [{ role: 'user', content: 'Hi' }],
    max_tokens: 1,
  })
  return undefined
}

async function listed({ client, preset, secret }: Opened): Promise<readonly string[]> {
  const models = modelIds(await client.get('/models'), preset.listing?.prefix ?? '', secret)
  if (!models) throw new GatewayError('provider_bad_answer', 'The answer is no list of models: check the address')
  return models
}
