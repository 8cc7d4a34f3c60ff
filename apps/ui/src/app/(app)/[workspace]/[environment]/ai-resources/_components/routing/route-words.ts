import type { RouteAnswer } from '@vm-x/contract'

type RuleResult = NonNullable<RouteAnswer['decision']['rules']>[number]['result']
type Full = RouteAnswer['fullLimits'][number]
type Refusal = NonNullable<RouteAnswer['refusedBy']>
type RoutedTarget = RouteAnswer['targets'][number]

/** What a rule came to; `not_reached`: one before it decided. */
export const RULE_RESULTS: Readonly<Record<RuleResult | 'not_reached', string>> = {
  matched: 'matched',
  not_matched: 'not matched',
  disabled: 'off',
  not_in_traffic: 'not in traffic',
  no_target: 'no target is on',
  failed: 'failed',
  not_reached: 'not looked at',
}

/** Why a request would get no answer, whatever its target. */
export const REFUSALS: Readonly<Record<Refusal, string>> = {
  invalid_api_key: 'The API key is not valid now: it is disabled or has expired.',
  model_not_found: 'The resource is off: callers are told that there is no such model.',
  resource_not_allowed: 'The API key may not use this resource.',
  blocked_by_route: 'A rule refuses the request.',
  capacity_exceeded: 'A limit leaves no room for the request.',
  unavailable: 'No target can be called: their connections are off.',
}

/** A limit without room, as people say it. */
export function fullLimitInWords({ owner, period, dimension }: Full): string {
  const each = dimension === undefined ? '' : dimension === 'user' ? ' for each user' : ' for each source address'
  const when = period === 'concurrent' ? 'at the same time' : period === 'lifetime' ? 'in all' : `per ${period}`
  return `limit ${when}${each} of the ${OWNERS[owner]}`
}

const OWNERS: Readonly<Record<Full['owner'], string>> = {
  workspace: 'workspace',
  environment: 'environment',
  'api-key': 'API key',
  resource: 'resource',
  connection: 'connection',
  'connection model': 'connection’s model',
}

/** What would keep a request from a target now, each in a sentence; none: nothing would. */
export function obstaclesOf(
  { stoppedBy, fullLimits, circuitOpensInMs, heldForMs }: Omit<RoutedTarget, 'connectionId'>,
  durationOf: (ms: number) => string,
): string[] {
  const waits = (ms: number) => (ms > 0 ? ` for another ${durationOf(ms)}` : '')
  const stop =
    stoppedBy === 'circuit_open'
      ? `It has failed repeatedly: not asked${waits(circuitOpensInMs)}.`
      : stoppedBy === 'held'
        ? `Its provider has asked for a pause: not asked${waits(heldForMs)}.`
        : stoppedBy === 'target_busy'
          ? fullLimits.length > 0
            ? undefined
            : 'It has no room for the request.'
          : stoppedBy && 'The request asks for something that it does not support.'
  return [...(stop ? [stop] : []), ...fullLimits.map((limit) => `No room: ${fullLimitInWords(limit)}.`)]
}

/** What decided, in a sentence. */
export function verdictOf({ matched, blocked, decision }: RouteAnswer): string {
  if (blocked !== undefined && matched !== undefined) return `Rule ${matched + 1} refuses the request: “${blocked}”`
  if (matched !== undefined) return `Rule ${matched + 1} decides`
  if (decision.secondaryModel !== undefined)
    return `The request asks for secondary model ${decision.secondaryModel + 1}: rules are not looked at`
  return decision.rules?.length
    ? 'No rule matches: the primary model is asked'
    : 'There are no rules: the primary model is asked'
}
