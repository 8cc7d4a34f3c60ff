import { Client, type Dispatcher } from 'undici'
import { GatewayError } from '../errors.ts'
import { errorInAnswer } from '../wire/openai/provider-error.ts'
import type { Preset } from './presets.ts'
import { answeredProbeError, refusedProbe } from './probe-error.ts'
import type { UpstreamAddressPolicy } from './upstream-address.ts'

type Parts = {
  readonly baseUrl: string
  readonly preset: Preset
  readonly secret: string | null
  readonly policy: UpstreamAddressPolicy
  /** `totalMs`: for all of its requests together. */
  readonly limits: { readonly connectMs: number; readonly totalMs: number }
}

/** A few requests to one address, on an HTTP connection of their own. Redirects are not followed. */
export class ProbeClient {
  readonly #preset: Preset
  readonly #secret: string | null
  readonly #client: Client
  readonly #basePath: string
  readonly #signal: AbortSignal

  /** Throws when the address is no URL, or one that may not be asked. */
  constructor({ baseUrl, preset, secret, policy, limits }: Parts) {
    this.#preset = preset
    this.#secret = secret
    const url = new URL(baseUrl)
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
    policy.checkLiteral(url.hostname, port)
    this.#client = new Client(url.origin, { connect: { timeout: limits.connectMs, lookup: policy.lookup(port) } })
    this.#basePath = url.pathname.replace(/\/+$/, '')
    this.#signal = AbortSignal.timeout(limits.totalMs)
  }

  /** The parsed answer; throws where it is no success. */
  get(path: string): Promise<unknown> {
    return this.#ask({ method: 'GET', path: this.#basePath + path })
  }

  post(path: string, body: object): Promise<unknown> {
    return this.#ask({ method: 'POST', path: this.#basePath + path, body: JSON.stringify(body) })
  }

  /** Ends what is under way. */
  close(): Promise<void> {
    return this.#client.destroy()
  }

  async #ask(request: Pick<Dispatcher.RequestOptions, 'body' | 'method' | 'path'>): Promise<unknown> {
    const headers: Record<string, string> = { accept: 'application/json' }
    if (request.body !== undefined) headers['content-type'] = 'application/json'
    const { credential } = this.#preset
    if (this.#secret !== null) headers[credential.header] = credential.prefix + this.#secret
    const { statusCode, body } = await this.#client.request({ ...request, headers, signal: this.#signal })
    // Nobody reads what an error says: it is not for those who ask.
    if (statusCode !== 200) throw refusedProbe(statusCode)
    return parsed(await whole(body))
  }
}

const LARGEST_ANSWER = 5 * 1024 * 1024

async function whole(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of body) {
    bytes += piece.length
    if (bytes > LARGEST_ANSWER) throw new GatewayError('provider_bad_answer', 'The answer is larger than 5 MB')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

function parsed(body: Buffer): unknown {
  const error = errorInAnswer(body)
  if (error !== undefined) throw answeredProbeError(error)
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new GatewayError('provider_bad_answer', 'The answer is no JSON: check the address')
  }
}
