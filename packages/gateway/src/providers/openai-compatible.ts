import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Credentials } from './credentials.ts'
import type { Preset } from './presets.ts'
import type { Provider, ProviderReply, ProviderRequest } from './provider.ts'
import { UpstreamCall } from './upstream-call.ts'
import type { UpstreamPools } from './upstream-pools.ts'

const DEFAULT_PATHS = { chat: '/chat/completions', completion: '/completions', embedding: '/embeddings' }

type Parts = {
  readonly preset: Preset
  /** Shared with other providers: closed once, by whoever closes first. */
  readonly pools: UpstreamPools
  readonly credentials: Credentials
  readonly clock: Clock
}

/** Any provider that speaks the OpenAI wire; what differs between them is the row of the provider table. */
export class OpenAiCompatible implements Provider {
  readonly #preset: Preset
  readonly #pools: UpstreamPools
  readonly #credentials: Credentials
  readonly #clock: Clock

  constructor({ preset, pools, credentials, clock }: Parts) {
    this.#preset = preset
    this.#pools = pools
    this.#credentials = credentials
    this.#clock = clock
  }

  /** See {@link Provider.call}; rejects with `unsupported_parameter` when this provider doesn't offer the operation. */
  call(request: ProviderRequest): Promise<ProviderReply> {
    const { operation } = request
    const { connection } = request.target
    if (operation === 'models' || operation === 'unknown' || !this.#preset.operations.includes(operation)) {
      const message = `${this.#preset.name} does not offer this operation`
      return Promise.reject(new GatewayError('unsupported_parameter', message, { param: 'model' }))
    }
    const baseUrl = connection.baseUrl ?? this.#preset.baseUrl
    if (baseUrl === null)
      return Promise.reject(new GatewayError('unavailable', `The connection '${connection.name}' has no address`))
    const path = this.#preset.paths?.[operation] ?? DEFAULT_PATHS[operation]
    const secret = this.#credentials.open(connection)
    return secret instanceof Promise
      ? secret.then((opened) => this.#send(request, baseUrl, path, opened))
      : this.#send(request, baseUrl, path, secret)
  }

  #send(request: ProviderRequest, baseUrl: string, path: string, secret: string | null): Promise<ProviderReply> {
    const { connection, model } = request.target
    const wantsUsage = request.body.wantsStreamUsage
    const includeUsage = request.stream && !wantsUsage && this.#preset.streamUsage === 'stream_options'
    const body = request.body.toProvider(model, includeUsage)
    return new Promise((resolve, reject) => {
      const call = new UpstreamCall({ request, secret, hideUsage: !wantsUsage, clock: this.#clock, resolve, reject })
      try {
        const { pool, basePath } = this.#pools.get(connection, baseUrl)
        pool.dispatch({ method: 'POST', path: basePath + path, headers: this.#headers(request, secret), body }, call)
      } catch (error) {
        call.failed(error instanceof Error ? error : new Error(String(error)))
      }
    })
  }

  async close(): Promise<void> {
    await this.#pools.close()
  }

  /** As a flat list, which undici writes without looking at it twice. */
  #headers(request: ProviderRequest, secret: string | null): string[] {
    const { credential, requestHeaders } = this.#preset
    const headers = [
      'content-type',
      'application/json',
      'accept',
      request.stream ? 'text/event-stream' : 'application/json',
    ]
    if (secret !== null) headers.push(credential.header, credential.prefix + secret)
    for (const name of requestHeaders) {
      const value = request.headers[name]
      if (typeof value === 'string') headers.push(name, value)
    }
    return headers
  }
}
