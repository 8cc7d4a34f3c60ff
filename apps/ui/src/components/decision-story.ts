import type { AuditExchange } from '@vm-x/contract'
import { type Attempt, OUTCOMES } from './decision-outcomes.ts'

/** Why the exchange went on after an attempt, or did not. Nothing where the attempt was the answer. */
export function whatFollowed({ decision }: Pick<AuditExchange, 'decision'>, index: number): string | undefined {
  const { attempts, targets } = decision
  const attempt = attempts[index]
  if (!attempt || attempt.outcome === 'ok' || attempt.outcome === 'pending') return undefined
  const next = attempts[index + 1]
  if (next) return isSameTarget(attempt, next) ? 'The same target was tried again.' : 'The next target was tried.'
  const last = targets.at(-1)
  if (!last || isSameTarget(attempt, last)) return 'There was no other target to try.'
  return 'No further target was tried.'
}

const isSameTarget = (a: Target, b: Target) => a.connectionId === b.connectionId && a.model === b.model
type Target = Pick<Attempt, 'connectionId' | 'model'>

/** What came of an attempt, as exactly as its record tells. */
export function meaningOf({ outcome, status, fault }: Attempt): string {
  if (outcome === 'provider_unavailable' && status !== undefined) return `The provider answered with status ${status}.`
  if (outcome === 'provider_unavailable' && fault !== undefined) return 'The provider could not be reached.'
  return OUTCOMES[outcome].meaning
}

/** What routing came to, in a sentence. */
export function whatRulesDid({ decision, outcome }: Pick<AuditExchange, 'decision' | 'outcome'>): string {
  if (decision.secondaryModel !== undefined)
    return `The caller asked for secondary model ${decision.secondaryModel + 1}; rules were not looked at.`
  const decided = decision.rules?.find(({ result }) => result === 'matched')
  if (decided)
    return outcome === 'blocked_by_route'
      ? `Rule ${decided.index + 1} blocked the request.`
      : `Rule ${decided.index + 1} decided.`
  if (decision.rules?.length) return 'No rule decided: the primary model was asked.'
  return 'No rule was looked at.'
}

/** A limit of a record as people say it, e.g. `connection minute requests` as `requests per minute of the connection`. */
export function limitInWords(limit: string): string {
  const match = /^(.+) (minute|hour|day|week|month|lifetime|concurrent) (\w+)(?: by (\S+))?( discovered)?$/.exec(limit)
  if (!match) return limit
  const [, owner = '', period = '', measure = '', dimension, discovered] = match
  const each = dimension ? ` for each ${dimension === 'source-ip' ? 'source address' : dimension}` : ''
  const told = discovered ? ', which the provider has told' : ''
  return `${measure} ${PERIODS[period] ?? period}${each} of ${OWNERS[owner] ?? `the ${owner}`}${told}`
}

const PERIODS: Readonly<Record<string, string>> = {
  minute: 'per minute',
  hour: 'per hour',
  day: 'per day',
  week: 'per week',
  month: 'per month',
  lifetime: 'in all',
  concurrent: 'at the same time',
}

const OWNERS: Readonly<Record<string, string>> = {
  'api-key': 'the API key',
  'connection model': "the connection's model",
}
