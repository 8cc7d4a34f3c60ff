import type { ApiKeyEntry } from '../catalog/catalog.ts'
import { GatewayError } from '../errors.ts'

/** A key that is known but may not be used: whoever records the refusal can tell whose it was. The client is told no more. */
export class RefusedApiKey extends GatewayError {
  /** Private, so that no answer and no log shows it. */
  readonly #apiKey: ApiKeyEntry

  constructor(apiKey: ApiKeyEntry, code: 'invalid_api_key' | 'resource_not_allowed', message: string) {
    super(code, message)
    this.#apiKey = apiKey
  }

  /** The key that `error` is about; undefined for any other error. */
  static apiKeyOf(error: unknown): ApiKeyEntry | undefined {
    return error instanceof RefusedApiKey ? error.#apiKey : undefined
  }
}
