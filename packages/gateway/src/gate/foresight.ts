import { type CapacityLevel, capacityLevel } from '../capacity/capacity-level.ts'
import type { CapacityItem, Used } from '../capacity/capacity-store.ts'
import { windowEndOf } from '../capacity/limits.ts'
import type { Target } from '../catalog/snapshot.ts'
import { GatewayError } from '../errors.ts'
import type { CapacityRequest } from './gate.ts'
import type { Bank } from './open-loan.ts'
import { outputKeyOf, Share } from './share.ts'

/** A limit as a request would find it. With a dimension: as far as its own value goes. */
export type ForeseenLimit = CapacityLevel & {
  /** It has no room for the request now. */
  readonly refuses: boolean
}

export type ForeseenTarget = {
  /** Tokens that the request is expected to use there. */
  readonly estimate: { readonly input: number; readonly output: number }
  /** Of the connection and of the model. */
  readonly limits: readonly ForeseenLimit[]
  /** A limit reserves the most that the request can use there, and that has no bound. */
  readonly unbounded: boolean
}

export type Foresight = {
  /** Of the key, resource, environment and workspace, as they would be asked together with the first target. */
  readonly own: readonly ForeseenLimit[]
  /** One for each target. */
  readonly targets: readonly ForeseenTarget[]
}

/** What a request would find of its limits. One look at the store. */
export async function foresee(
  {
    store,
    clock,
    limits,
    discovered,
    estimates,
  }: Pick<Bank, 'store' | 'clock' | 'limits' | 'discovered' | 'estimates'>,
  request: CapacityRequest,
  targets: readonly Target[],
): Promise<Foresight> {
  const nowMs = clock.now()
  const asked = targets.map((target, index) => {
    const estimate = estimates.expect(target, outputKeyOf(request, target), request.size)
    const shares = [new Share(request, target, estimate), new Share(request, target, estimate)] as const
    const [own, its] = shares
    const bounded = isBounded(() => {
      if (index === 0) own.addOwn(limits, nowMs)
      its.addTarget(limits, discovered, nowMs)
    })
    return { estimate: { input: estimate.input, output: estimate.output }, own, its, bounded }
  })
  const shares = asked.flatMap(({ own, its }) => [own, its])
  const { used, atMs } = await store.peek(
    shares.flatMap(({ items }) => items),
    [],
  )
  const found = used.values()
  const foreseen = (share: Share) =>
    share.items.map((item, index) => foreseenLimit(share, index, item, found.next().value, { nowMs, atMs }))
  const levels = new Map(shares.map((share) => [share, foreseen(share)]))
  return {
    own: asked.flatMap(({ own }) => levels.get(own) ?? []),
    targets: asked.map(({ estimate, its, bounded }) => ({
      estimate,
      limits: levels.get(its) ?? [],
      unbounded: !bounded,
    })),
  }
}

function isBounded(add: () => void): boolean {
  try {
    add()
    return true
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'unsupported_parameter') return false
    throw error
  }
}

function foreseenLimit(
  share: Share,
  index: number,
  { maxRequests, maxTokens, tokens }: CapacityItem,
  used: Used = { requests: 0, tokens: 0, resetMs: 0 },
  { nowMs, atMs }: { readonly nowMs: number; readonly atMs: number },
): ForeseenLimit {
  const limit = share.limitAt(index)
  const refuses = used.requests + 1 > maxRequests || used.tokens + tokens > maxTokens
  return { ...capacityLevel(limit, used, windowEndOf(limit, nowMs), atMs), refuses }
}
