import { type ErrorCode, GatewayError } from '../errors.ts'
import { answeredError, providerError } from '../wire/openai/provider-error.ts'

/** What an answer without success means when a connection is tried: the same codes as in requests, in words of ours alone. */
export function refusedProbe(status: number): GatewayError {
  const { code } = providerError({ status, headers: {}, body: NOTHING, secret: null, now: 0 })
  return new GatewayError(code, WORDS[code] ?? `The provider answered with status ${status}: check the address`)
}

/** What an error means that came with status 200. */
export function answeredProbeError(answer: unknown): GatewayError {
  const { code } = answeredError(answer, null)
  return new GatewayError(code, WORDS[code] ?? 'The provider answered with an error')
}

const NOTHING = Buffer.alloc(0)

const WORDS: { readonly [code in ErrorCode]?: string } = {
  provider_auth_failed: 'The provider refused the credential',
  provider_rate_limited: 'The provider is limiting requests: the credential may be good all the same',
  provider_unavailable: 'The provider is failing',
  provider_timeout: 'The provider took too long',
}

/** Why a request had no answer, in words that tell no address and nothing of the other side. */
export function probeError(cause: unknown): GatewayError {
  if (cause instanceof GatewayError) return cause
  const fault = faultOf(cause)
  if (fault === 'ERR_INVALID_URL' || fault === 'UND_ERR_INVALID_ARG')
    return new GatewayError('invalid_request', 'The address or the credential can not be used in a request', { cause })
  if (fault === 'TimeoutError' || fault.includes('TIMEOUT') || fault === 'ETIMEDOUT')
    return new GatewayError('provider_timeout', 'The provider did not answer in time', { cause })
  return new GatewayError('provider_unavailable', whyUnreachable(fault), { cause })
}

function faultOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown'
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
}

function whyUnreachable(fault: string): string {
  // As one: apart they would tell which names there are in the network of the gateway.
  if (fault === 'address_not_allowed' || fault === 'ENOTFOUND' || fault === 'EAI_AGAIN') return NOT_REACHED
  if (fault === 'ECONNREFUSED') return 'Nothing listens at the address'
  if (/CERT|SIGNATURE|TLS/.test(fault)) return "The provider's certificate can not be trusted"
  return 'The provider could not be reached'
}

const NOT_REACHED = 'The host name is not known, or its address is not public and not listed in UPSTREAM_ALLOW'
