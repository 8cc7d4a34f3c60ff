import { describe, expect, it } from 'vitest'
import { compileTarget } from '../catalog/snapshot.ts'
import { connectionEntry } from '../testing/catalog-double.ts'
import { DrivenClock } from '../testing/driven-clock.ts'
import { DiscoveredCapacity } from './discovered-capacity.ts'
import { DISCOVERED_MS, type TargetNews } from './shared-knowledge.ts'

const target = (discoveredCapacity: 'ignore' | 'enforce', model = 'm') =>
  compileTarget({ ...connectionEntry('c', { discoveredCapacity }), workspaceId: 'w', environmentId: 'e' }, model)
const told = (requests: number | undefined, tokens: number | undefined, exhaustedMs = 0) => ({
  requests,
  tokens,
  exhaustedMs,
})

function world() {
  const clock = new DrivenClock()
  const announced: TargetNews['discovered'][] = []
  const holds: number[] = []
  const discovered = new DiscoveredCapacity({
    clock,
    announce: (_target, news) => announced.push(news),
    hold: (_target, ms) => holds.push(ms),
  })
  return { clock, announced, holds, discovered }
}

describe('DiscoveredCapacity', () => {
  it('keeps what was told, and when, but makes it a limit only where the connection says so', () => {
    const { clock, discovered } = world()
    discovered.note(target('ignore'), told(500, 30_000))
    const atMs = clock.now()
    clock.advance(1000)
    expect(discovered.of('c/m')).toEqual({ requests: 500, tokens: 30_000, atMs })
    expect(discovered.limitsOf(target('ignore'))).toEqual([])
    const limits = discovered.limitsOf(target('enforce'))
    expect(limits).toMatchObject([
      { owner: 'connection model', ownerId: 'c', model: 'm', period: 'minute', discovered: true },
    ])
    expect(limits).toMatchObject([{ maxRequests: 500, maxTokens: 30_000, reserve: 'expected' }])
    expect(discovered.limitsOf(target('enforce')), 'compiled once').toBe(limits)
    expect(discovered.limitsOf(target('enforce', 'other'))).toEqual([])
  })

  it('counts what changes in the same place', () => {
    const { discovered } = world()
    discovered.note(target('enforce'), told(500, undefined))
    const [before] = discovered.limitsOf(target('enforce'))
    discovered.note(target('enforce'), told(400, 1000))
    const [after] = discovered.limitsOf(target('enforce'))
    expect(before).toMatchObject({ maxRequests: 500, maxTokens: Number.POSITIVE_INFINITY })
    expect(after).toMatchObject({ maxRequests: 400, maxTokens: 1000, key: before?.key })
    expect(after?.key.startsWith('{w} ')).toBe(true)
  })

  it('forgets what is not told again for ten minutes', () => {
    const { clock, discovered } = world()
    discovered.note(target('enforce'), told(500, undefined))
    clock.advance(DISCOVERED_MS)
    expect(discovered.limitsOf(target('enforce'))).toHaveLength(1)
    discovered.note(target('enforce'), told(500, undefined))
    clock.advance(DISCOVERED_MS)
    expect(discovered.limitsOf(target('enforce'))).toHaveLength(1)
    clock.advance(1)
    expect(discovered.limitsOf(target('enforce'))).toEqual([])
    expect(discovered.of('c/m')).toBeUndefined()
  })

  it('has the target left alone until what is used up is free again, where the connection says so', () => {
    const { discovered, holds } = world()
    discovered.note(target('ignore'), told(500, undefined, 2000))
    expect(holds).toEqual([])
    discovered.note(target('enforce'), told(500, undefined, 2000))
    discovered.note(target('enforce'), told(undefined, undefined, 700))
    expect(holds).toEqual([2000, 700])
  })

  it('tells others what is new, and each minute what still holds, however often it is told', () => {
    const { clock, announced, discovered } = world()
    for (let second = 0; second < 90; second++) {
      discovered.note(target('ignore'), told(500, undefined))
      clock.advance(1000)
    }
    discovered.note(target('ignore'), told(600, undefined))
    expect(announced.map((news) => news?.requests)).toEqual([500, 500, 600])
  })

  it('does not tell others more than twice a second, whatever a provider says in turn', () => {
    const { clock, announced, discovered } = world()
    for (let each = 0; each < 1000; each++) {
      discovered.note(target('ignore'), told(1 + (each % 2), undefined))
      clock.advance(1)
    }
    expect(announced.length).toBeLessThanOrEqual(2)
  })

  it('tells others in the end what was told right after something else', () => {
    const { clock, announced, discovered } = world()
    for (const requests of [500, 600, 600]) {
      discovered.note(target('ignore'), told(requests, undefined))
      clock.advance(400)
    }
    expect(announced.map((news) => news?.requests)).toEqual([500, 600])
  })

  it('takes from others what is newer than what was told here', () => {
    const { clock, discovered } = world()
    const news = (requests: number, ageMs: number): TargetNews => ({
      workspaceId: 'w',
      targetKey: 'c/m',
      discovered: { requests, tokens: undefined, ageMs },
    })
    discovered.heard(news(500, 3000))
    expect(discovered.of('c/m')).toMatchObject({ requests: 500, atMs: clock.now() - 3000 })
    discovered.note(target('ignore'), told(300, undefined))
    discovered.heard(news(500, 1000))
    expect(discovered.of('c/m')?.requests).toBe(300)
    clock.advance(2000)
    discovered.heard(news(200, 0))
    expect(discovered.limitsOf(target('enforce'))).toMatchObject([{ maxRequests: 200 }])
  })

  it('remembers a bounded number of models, whose names clients choose', () => {
    const { announced, discovered } = world()
    discovered.note(target('ignore', 'configured'), told(7, undefined))
    for (let each = 0; each <= 10_000; each++)
      discovered.note({ ...target('ignore', String(each)), invented: true }, told(5, undefined))
    expect(discovered.of('c/0')).toBeUndefined()
    expect(discovered.of('c/10000')?.requests).toBe(5)
    expect(discovered.of('c/configured')?.requests, 'none that is configured makes room').toBe(7)
    expect(announced, 'others are told of none that a client may have invented').toHaveLength(1)
  })
})
