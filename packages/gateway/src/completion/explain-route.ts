import { Cancellation } from '../cancel.ts'
import type { ApiKeyEntry, EnvironmentEntry, ResourceEntry } from '../catalog/catalog.ts'
import { type EnvironmentSnapshot, nameKey, type Resource, type Target } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'
import type { ForeseenLimit, ForeseenTarget } from '../gate/foresight.ts'
import type { Gate } from '../gate/gate.ts'
import type { DecisionRecord } from '../ledger/exchange-record.ts'
import type { Circuits } from './circuits.ts'
import { type Call, Exchange, nameTarget } from './exchange.ts'
import type { Holds } from './holds.ts'
import { inputTokensOf, primaryOf, read, routed } from './pipeline.ts'

export type RouteQuestion = {
  /** Where the resource's connections are, and the limits that it is under. */
  readonly environment: EnvironmentEntry
  /** Need not be one of the environment's, nor stored at all; it may be switched off. */
  readonly resource: ResourceEntry
  /** A chat completion's body, or its bytes; what it calls its model counts nothing, its `vmx` does. */
  readonly body: Buffer | Readonly<Record<string, unknown>>
  /** By names in lower case. */
  readonly headers?: Call['headers']
  /** Whose id and labels rules see, and whose limits count; nobody's when absent, as for a user. */
  readonly apiKey?: ApiKeyEntry
  readonly sourceAddress?: string
  /**
   * What chance shall say, from 0 up to 1, in the order in which it is asked: once for `random`, once for each `traffic`
   * below 100, once for a split that sticks to nobody, once for each target of a balance. What is missing is drawn.
   */
  readonly draws?: readonly number[]
}

export type ExplainedTarget = ForeseenTarget & {
  readonly connectionId: string
  readonly connection: string
  readonly provider: string
  readonly model: string
  /** Milliseconds until the target may be asked, since it has failed repeatedly; 0: it may be now. */
  readonly circuitOpensInMs: number
  /** Milliseconds for which its provider has asked to be left alone; 0: it may be asked now. */
  readonly heldForMs: number
  /** What would keep the request from it now, as an attempt's outcome; absent where nothing is known to. */
  readonly stoppedBy?: 'circuit_open' | 'held' | 'target_busy' | 'unsupported_parameter'
}

export type RouteExplanation = {
  /** As the record of the request would begin. No attempt is made. */
  readonly decision: DecisionRecord
  /** The rule that decided, counted from 0. */
  readonly matched?: number
  /** What a rule says instead of an answer. */
  readonly blocked?: string
  /** What would refuse the request whatever its target; absent where nothing is known to. */
  readonly refusedBy?: 'blocked_by_route' | 'capacity_exceeded' | 'unavailable'
  /** As rules see them: estimated for the model that answers when no rule decides. */
  readonly inputTokens: number
  /** Of the key, resource, environment and workspace. */
  readonly limits: readonly ForeseenLimit[]
  /** In the order in which they would be tried. */
  readonly targets: readonly ExplainedTarget[]
  /** For each rule that is an expression, the most characters that it can go through, whatever the request. */
  readonly expressions: readonly { readonly rule: number; readonly cost: number }[]
  /** What chance said, in order: asked again with these, the answer is the same. */
  readonly draws: readonly number[]
}

export type ExplainParts = {
  readonly gate: Gate
  readonly circuits: Circuits
  readonly holds: Pick<Holds, 'heldMs'>
  readonly clock: Clock
  readonly random: () => number
  /** Undefined where the expression can't be compiled. */
  readonly expressionCost: (source: string) => number | undefined
  readonly compile: (entry: EnvironmentEntry, random: () => number) => EnvironmentSnapshot
}

/**
 * Where a request to a resource would go now, and what would stop it. No provider is called, nothing is charged and
 * nothing recorded; a balance by turns begins with its first target. Throws what the request would be refused with for
 * being malformed.
 */
export async function explainRoute(parts: ExplainParts, question: RouteQuestion): Promise<RouteExplanation> {
  const { gate, circuits, holds, clock } = parts
  const { apiKey, sourceAddress = 'unknown' } = question
  const draws: number[] = []
  const { snapshot, resource } = compiled(parts, question, draws)
  const call = callOf(question, sourceAddress)
  const exchange = new Exchange(call, NO_LEDGER, clock)
  const { body, size } = read(call, exchange, resource.name)
  const targets = routed(gate, call, exchange, apiKey, resource, body, size)
  const request = { snapshot, apiKey, resource, sourceAddress, user: exchange.user, size }
  const { own, targets: foreseen } = await gate.foresee(request, targets)
  const explained = targets.flatMap((target, index) => {
    const of = foreseen[index]
    return of ? [explainTarget(target, of, circuits.opensInMs(target.key), holds.heldMs(target.key))] : []
  })
  const { matched, blocked, rules = [] } = exchange.routed ?? {}
  const { secondaryModel } = exchange
  const refusedBy = refusal(blocked, targets, own)
  return {
    decision: {
      ...(rules.length > 0 && { rules }),
      ...(secondaryModel !== undefined && { secondaryModel }),
      targets: targets.map(nameTarget),
      attempts: [],
    },
    ...(matched !== undefined && { matched }),
    ...(blocked !== undefined && { blocked }),
    ...(refusedBy !== undefined && { refusedBy }),
    inputTokens: inputTokensOf(gate, primaryOf(resource, exchange), size),
    limits: own,
    targets: explained,
    expressions: costs(question.resource, parts.expressionCost),
    draws,
  }
}

function compiled(
  { compile, random }: ExplainParts,
  { environment, resource: entry, draws: given = [] }: RouteQuestion,
  draws: number[],
): { snapshot: EnvironmentSnapshot; resource: Resource } {
  const draw = () => {
    const drawn = given[draws.length] ?? random()
    draws.push(drawn)
    return drawn
  }
  const snapshot = compile({ ...environment, resources: [{ ...entry, enabled: true }] }, draw)
  const resource = snapshot.resources.get(nameKey(entry.name))
  if (!resource) throw new Error(`The resource ${entry.id} was not compiled`)
  return { snapshot, resource }
}

const callOf = ({ body, headers = {} }: RouteQuestion, sourceAddress: string): Call => ({
  id: '',
  operation: 'chat',
  headers,
  body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
  sourceAddress,
  signal: new Cancellation(),
})

/** The exchange is never written down. */
const NO_LEDGER = { opened: async () => {}, record: async () => {} }

function explainTarget(
  { connection, model }: Target,
  foreseen: ForeseenTarget,
  circuitOpensInMs: number,
  heldForMs: number,
): ExplainedTarget {
  const stoppedBy = heldForMs > 0 ? 'held' : obstacle(foreseen, circuitOpensInMs)
  return {
    connectionId: connection.id,
    connection: connection.name,
    provider: connection.provider,
    model,
    circuitOpensInMs,
    heldForMs,
    ...foreseen,
    ...(stoppedBy && { stoppedBy }),
  }
}

function obstacle({ limits, unbounded }: ForeseenTarget, circuitOpensInMs: number): ExplainedTarget['stoppedBy'] {
  if (circuitOpensInMs > 0) return 'circuit_open'
  if (unbounded) return 'unsupported_parameter'
  return limits.some(({ refuses }) => refuses) ? 'target_busy' : undefined
}

function costs({ routing }: ResourceEntry, costOf: ExplainParts['expressionCost']): RouteExplanation['expressions'] {
  return routing.flatMap(({ when }, rule) => {
    const cost = 'expression' in when ? costOf(when.expression) : undefined
    return cost === undefined ? [] : [{ rule, cost }]
  })
}

function refusal(
  blocked: string | undefined,
  targets: readonly Target[],
  own: readonly ForeseenLimit[],
): RouteExplanation['refusedBy'] {
  if (blocked !== undefined) return 'blocked_by_route'
  if (targets.length === 0) return 'unavailable'
  return own.some(({ refuses }) => refuses) ? 'capacity_exceeded' : undefined
}
