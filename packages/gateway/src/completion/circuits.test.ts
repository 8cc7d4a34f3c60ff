import { beforeEach, describe, expect, it } from 'vitest'
import { DrivenClock } from '../testing/driven-clock.ts'
import { Circuits } from './circuits.ts'

describe('the circuit of a target', () => {
  let clock: DrivenClock
  let circuits: Circuits
  beforeEach(() => {
    clock = new DrivenClock()
    circuits = new Circuits(clock, () => 1 - Number.EPSILON)
  })
  const fail = (times: number) => {
    for (let i = 0; i < times; i++) circuits.failed('t')
  }

  it('stays closed until the fifth failure in a row', () => {
    fail(4)
    expect(circuits.enter('t')).toBe('closed')
    fail(1)
    expect(circuits.enter('t')).toBe('open')
    expect(circuits.enter('another')).toBe('closed')
  })

  it('counts failures in a row only: a success in between starts anew', () => {
    fail(4)
    circuits.succeeded('t')
    fail(4)
    expect(circuits.enter('t')).toBe('closed')
  })

  it('counts failures more than a minute apart as unconnected', () => {
    fail(4)
    clock.advance(60_001)
    fail(4)
    expect(circuits.enter('t')).toBe('closed')
  })

  it('lets a single probe through when the cool-down ends, and nobody beside it', () => {
    fail(5)
    clock.advance(4_999)
    expect(circuits.enter('t')).toBe('open')
    expect(circuits.opensInMs('t')).toBeCloseTo(1)
    clock.advance(1)
    expect(circuits.enter('t')).toBe('probe')
    expect(circuits.enter('t')).toBe('open')
  })

  it('closes when the probe succeeds', () => {
    fail(5)
    clock.advance(5_000)
    circuits.enter('t')
    circuits.succeeded('t')
    expect(circuits.enter('t')).toBe('closed')
  })

  it('doubles the cool-down with each probe that fails, up to 20 s', () => {
    fail(5)
    const coolDowns = [5_000, 10_000, 20_000, 20_000].map((expected) => {
      const left = circuits.opensInMs('t')
      clock.advance(left)
      expect(circuits.enter('t')).toBe('probe')
      circuits.failed('t', true)
      return [Math.round(left), expected]
    })
    for (const [left, expected] of coolDowns) expect(left).toBe(expected)
  })

  it('takes late failures of requests from before it opened for no news', () => {
    fail(5)
    clock.advance(4_000)
    fail(3)
    clock.advance(1_000)
    expect(circuits.enter('t')).toBe('probe')
  })

  it('does not take a late failure for that of the probe', () => {
    fail(5)
    clock.advance(5_000)
    expect(circuits.enter('t')).toBe('probe')
    fail(1)
    expect(circuits.opensInMs('t')).toBe(5_000)
    circuits.failed('t', true)
    expect(circuits.opensInMs('t')).toBeGreaterThan(5_000)
  })

  it('lets the next request probe at once when a probe told nothing', () => {
    fail(5)
    clock.advance(5_000)
    circuits.enter('t')
    circuits.undecided('t')
    expect(circuits.enter('t')).toBe('probe')
  })

  it('sends another probe when one has no result for as long as the cool-down', () => {
    fail(5)
    clock.advance(5_000)
    circuits.enter('t')
    clock.advance(5_000)
    expect(circuits.enter('t')).toBe('probe')
  })

  it('shortens cool-downs at random by up to a fifth, so that replicas do not probe together', () => {
    const hasty = new Circuits(clock, () => 0)
    for (let i = 0; i < 5; i++) hasty.failed('t')
    expect(hasty.opensInMs('t')).toBe(4_000)
  })
})
