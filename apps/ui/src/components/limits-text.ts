import { count, shortCount } from './figures.ts'

type Limit = {
  readonly period: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'lifetime'
  readonly requests?: number
  readonly tokens?: number
  readonly dimension?: 'source-ip' | 'user'
  readonly enabled: boolean
}

/** How a limit's period is said after an amount. */
export const PER_PERIOD = {
  minute: 'a minute',
  hour: 'an hour',
  day: 'a day',
  week: 'a week',
  month: 'a month',
  lifetime: 'in all',
} as const satisfies Record<Limit['period'], string>

export const PER_VALUE = {
  'source-ip': 'for each client address',
  user: 'for each user',
} as const satisfies Record<NonNullable<Limit['dimension']>, string>

/**
 * Limits as one sentence would say them, without those that are switched off; undefined where nothing is limited.
 *
 * @example '300 requests and 100K tokens a minute, 50 at a time'
 */
export function limitsText(capacity: readonly Limit[], maxConcurrent: number | null | undefined): string | undefined {
  const parts = capacity.filter(isLimiting).map(limitText)
  if (typeof maxConcurrent === 'number') parts.push(`${maxConcurrent === 0 ? 'none' : count(maxConcurrent)} at a time`)
  return parts.length > 0 ? parts.join(', ') : undefined
}

const isLimiting = ({ enabled, requests, tokens }: Limit) => enabled && (requests !== undefined || tokens !== undefined)

function limitText({ period, requests, tokens, dimension }: Limit): string {
  const amounts = [
    ...(requests === undefined ? [] : [`${amount(requests, count)} ${requests === 1 ? 'request' : 'requests'}`]),
    ...(tokens === undefined ? [] : [`${amount(tokens, shortCount)} ${tokens === 1 ? 'token' : 'tokens'}`]),
  ]
  const text = `${amounts.join(' and ')} ${PER_PERIOD[period]}`
  return dimension ? `${text} ${PER_VALUE[dimension]}` : text
}

const amount = (value: number, write: (value: number) => string) => (value === 0 ? 'no' : write(value))
