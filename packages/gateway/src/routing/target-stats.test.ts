import { describe, expect, it } from 'vitest'
import { DrivenClock } from '../testing/driven-clock.ts'
import { type Ended, TargetStats } from './target-stats.ts'

const MINUTE = 60_000

function world() {
  const clock = new DrivenClock()
  const stats = new TargetStats(clock, (key) => (key === 'a' ? 40 : undefined))
  const request = (key: string, ended: Ended) => {
    stats.began(key)
    stats.ended(key, ended)
  }
  return { clock, stats, request }
}

describe('the statistics of a target', () => {
  it('knows nothing of a target that no request has gone to', () => {
    const { stats } = world()
    expect(stats.errorRate('a', 60)).toBeUndefined()
    expect(stats.latencyP95('a', 60)).toBeUndefined()
    expect(stats.ttftP95('a', 60)).toBeUndefined()
    expect(stats.inFlight('a')).toBe(0)
  })

  it('counts the share that the provider failed, without what says nothing of it', () => {
    const { stats, request } = world()
    request('a', { outcome: 'ok' })
    request('a', { outcome: 'provider_failed' })
    request('a', { outcome: 'ok' })
    request('a', { outcome: 'ok' })
    for (let index = 0; index < 10; index++) request('a', { outcome: 'ignored', latencyMs: 99_999, ttftMs: 99_999 })
    request('b', { outcome: 'provider_failed' })
    expect(stats.errorRate('a', 5)).toBe(0.25)
    expect(stats.latencyP95('a', 5)).toBeUndefined()
    expect(stats.ttftP95('a', 5)).toBeUndefined()
  })

  it('looks at the current minute and the ones before, as many as asked for', () => {
    const { clock, stats, request } = world()
    request('a', { outcome: 'provider_failed', latencyMs: 1000 })
    clock.advance(4 * MINUTE)
    request('a', { outcome: 'ok', latencyMs: 10 })
    expect(stats.errorRate('a', 5)).toBe(0.5)
    expect(stats.errorRate('a', 4)).toBe(0)
    clock.advance(MINUTE)
    expect(stats.errorRate('a', 5)).toBe(0)
    expect(stats.errorRate('a', 1)).toBeUndefined()
    expect(stats.latencyP95('a', 60)).toBeGreaterThan(900)
    clock.advance(54 * MINUTE)
    expect(stats.errorRate('a', 60)).toBe(0.5)
    clock.advance(MINUTE)
    expect(stats.errorRate('a', 60)).toBe(0)
  })

  it('forgets a minute when its place in the hour comes round again', () => {
    const { clock, stats, request } = world()
    request('a', { outcome: 'provider_failed', latencyMs: 5000 })
    clock.advance(60 * MINUTE)
    request('a', { outcome: 'ok', latencyMs: 10 })
    expect(stats.errorRate('a', 60)).toBe(0)
    expect(stats.latencyP95('a', 60)).toBeLessThan(11)
  })

  it.each([1, 3, 20, 750, 12_345, 600_000, 2_900_000])('is at most 4 % off for %i ms', (ms) => {
    const { stats, request } = world()
    for (let index = 0; index < 95; index++) request('a', { outcome: 'ok', latencyMs: ms, ttftMs: ms })
    for (let index = 0; index < 5; index++) request('a', { outcome: 'ok', latencyMs: ms * 9, ttftMs: ms * 9 })
    for (const p95 of [stats.latencyP95('a', 1), stats.ttftP95('a', 1)])
      expect(Math.abs((p95 ?? 0) / ms - 1)).toBeLessThan(0.04)
  })

  it('takes the 95th of a hundred, across minutes', () => {
    const { clock, stats, request } = world()
    for (let index = 1; index <= 100; index++) {
      if (index % 25 === 0) clock.advance(MINUTE)
      request('a', { outcome: 'ok', latencyMs: index * 100 })
    }
    expect(Math.abs((stats.latencyP95('a', 10) ?? 0) / 9500 - 1)).toBeLessThan(0.04)
  })

  it('counts requests under way', () => {
    const { stats } = world()
    stats.began('a')
    stats.began('a')
    expect(stats.inFlight('a')).toBe(2)
    stats.ended('a', { outcome: 'ignored' })
    expect(stats.inFlight('a')).toBe(1)
  })

  it('forgets targets that were not seen for an hour, but none with a request under way', () => {
    const { clock, stats, request } = world()
    request('a', { outcome: 'ok' })
    stats.began('slow')
    clock.advance(60 * MINUTE)
    request('b', { outcome: 'ok' })
    expect(stats.size).toBe(2)
    expect(stats.inFlight('slow')).toBe(1)
  })

  it('remembers no more than 1,000 targets', () => {
    const { stats, request } = world()
    for (let index = 0; index < 3_000; index++) request(`t${index}`, { outcome: 'ok' })
    expect(stats.size).toBe(1_000)
    expect(stats.errorRate('t2999', 5)).toBe(0)
  })

  it('hands on what is left of the capacity', () => {
    const { stats } = world()
    expect(stats.remainingPercent('a')).toBe(40)
    expect(stats.remainingPercent('b')).toBeUndefined()
  })
})
