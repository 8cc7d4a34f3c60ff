import type { Denied } from '../capacity/capacity-store.ts'
import type { CompiledLimit, Owner } from '../capacity/limits.ts'
import { GatewayError } from '../errors.ts'

/** What the client is told of a limit that refused; nothing by its id. */
export function refusal(limit: CompiledLimit, denied: Denied, headers: Record<string, string>): GatewayError {
  const { retryAfterMs } = denied
  return new GatewayError(isOfTarget(limit.owner) ? 'target_busy' : 'capacity_exceeded', message(limit, denied), {
    limit: limitName(limit, denied.measure),
    headers,
    ...(retryAfterMs === undefined ? { clientRetry: false } : { retryAfterMs }),
  })
}

export const isOfTarget = (owner: Owner) => owner === 'connection' || owner === 'connection model'

/** For records, e.g. `api-key minute requests`. */
const limitName = ({ owner, period, dimension, discovered }: CompiledLimit, measure: Denied['measure']) =>
  `${owner} ${period} ${measure}${dimension ? ` by ${dimension}` : ''}${discovered ? ' discovered' : ''}`

function message(limit: CompiledLimit, { measure, size, used, needed, share, retryAfterMs }: Denied): string {
  const each = limit.dimension ? ` for each ${DIMENSIONS[limit.dimension]}` : ''
  const unit = size === 1 ? measure.slice(0, -1) : measure
  const name = `limit of ${size} ${unit} ${PERIODS[limit.period]}${each} of ${OWNERS[limit.owner]}${limit.discovered ? ', which the provider has told,' : ''}`
  const hint = retryAfterMs === undefined ? '' : ` Try again in ${inWords(retryAfterMs)}.`
  if (needed > size) {
    if (measure === 'requests') return `The ${name} allows none.`
    return `This request needs about ${needed} tokens: more than the ${name} ${hint ? '' : 'ever '}has room for.${hint}`
  }
  const use = `${used} ${used === 1 ? 'is' : 'are'} ${limit.period === 'concurrent' ? 'under way' : 'used'}`
  const ofShare = share
    ? ` of the ${share.size} that each of ${share.of} processes may use while they can not count together`
    : ''
  const need = measure === 'tokens' ? ` and this request needs about ${needed}` : ''
  return `The ${name} is reached: ${use}${ofShare}${need}.${hint}`
}

const OWNERS: Record<Owner, string> = {
  workspace: 'this workspace',
  environment: 'this environment',
  'api-key': 'this API key',
  resource: 'this resource',
  connection: 'the connection to the provider',
  'connection model': 'the model at the provider',
}

const PERIODS: Record<CompiledLimit['period'], string> = {
  minute: 'per minute',
  hour: 'per hour',
  day: 'per day',
  week: 'per week',
  month: 'per month',
  lifetime: 'in all',
  concurrent: 'at the same time',
}

const DIMENSIONS = { 'source-ip': 'source address', user: 'user' }

/** Rounded up: who comes back then is not too early. */
function inWords(ms: number): string {
  if (ms <= 120_000) return `${Math.ceil(ms / 100) / 10} s`
  if (ms <= 3_600_000) return `${Math.ceil(ms / 60_000)} min`
  if (ms <= 48 * 3_600_000) return `${Math.ceil(ms / 3_600_000)} h`
  return `${Math.ceil(ms / 86_400_000)} days`
}
