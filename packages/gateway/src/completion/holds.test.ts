import { describe, expect, it } from 'vitest'
import { compileTarget } from '../catalog/snapshot.ts'
import { connectionEntry } from '../testing/catalog-double.ts'
import { DrivenClock } from '../testing/driven-clock.ts'
import { Holds, LONGEST_HOLD_MS } from './holds.ts'

const target = (model = 'm') => compileTarget({ ...connectionEntry('c'), workspaceId: 'w', environmentId: 'e' }, model)

function world() {
  const clock = new DrivenClock()
  const announced: number[] = []
  return { clock, announced, holds: new Holds(clock, (_target, ms) => announced.push(ms)) }
}

describe('Holds', () => {
  it('holds a target for its time and no other one', () => {
    const { clock, holds } = world()
    expect(holds.heldMs('c/m')).toBe(0)
    holds.hold(target(), 2000)
    expect(holds.heldMs('c/m')).toBe(2000)
    expect(holds.heldMs('c/n')).toBe(0)
    clock.advance(1500)
    expect(holds.heldMs('c/m')).toBe(500)
    clock.advance(500)
    expect(holds.heldMs('c/m')).toBe(0)
  })

  it('holds no longer than a minute, whatever is named', () => {
    const { holds } = world()
    for (const ms of [86_400_000 * 365, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) holds.hold(target(), ms)
    expect(holds.heldMs('c/m')).toBe(LONGEST_HOLD_MS)
  })

  it('is not ended by a shorter one', () => {
    const { holds } = world()
    holds.hold(target(), 5000)
    holds.hold(target(), 200)
    holds.heard('c/m', 300)
    expect(holds.heldMs('c/m')).toBe(5000)
  })

  it('tells others of a hold once, and again where it becomes notably longer', () => {
    const { clock, holds, announced } = world()
    holds.hold(target(), 2000)
    for (let each = 0; each < 20; each++) {
      clock.advance(10)
      holds.hold(target(), 2000)
    }
    expect(announced).toEqual([2000])
    clock.advance(100)
    holds.hold(target(), 2000)
    expect(announced).toEqual([2000, 2000])
  })

  it('does not tell others what it has heard of them', () => {
    const { clock, holds, announced } = world()
    holds.heard('c/m', 2000)
    clock.advance(5)
    holds.hold(target(), 2000)
    expect(announced).toEqual([])
    expect(holds.heldMs('c/m')).toBe(2000)
  })

  it('remembers a bounded number of models, whose names clients choose', () => {
    const { holds, announced } = world()
    holds.hold(target(), 1000)
    for (let each = 0; each <= 10_000; each++) holds.hold({ ...target(String(each)), invented: true }, 1000)
    expect(holds.heldMs('c/0')).toBe(0)
    expect(holds.heldMs('c/10000')).toBe(1000)
    expect(holds.heldMs('c/m'), 'none that is configured makes room').toBe(1000)
    expect(announced, 'others are told of none that a client may have invented').toEqual([1000])
  })

  it('lets one request through when a hold ends, and the others when it was answered', () => {
    const { clock, holds } = world()
    expect(holds.enter('c/m')).toBe('free')
    holds.hold(target(), 2000)
    expect(holds.enter('c/m')).toBe('held')
    clock.advance(2000)
    expect(holds.heldMs('c/m')).toBe(0)
    expect(holds.enter('c/m')).toBe('probe')
    for (let each = 0; each < 3; each++) expect(holds.enter('c/m')).toBe('probed')
    expect(holds.heldMs('c/m')).toBe(250)
    holds.answered('c/m')
    for (let each = 0; each < 3; each++) expect(holds.enter('c/m')).toBe('free')
  })

  it('holds again when the one that was let through is refused', () => {
    const { clock, holds } = world()
    holds.hold(target(), 2000)
    clock.advance(2000)
    expect(holds.enter('c/m')).toBe('probe')
    holds.hold(target(), 3000)
    holds.answered('c/m')
    expect(holds.enter('c/m')).toBe('held')
    expect(holds.heldMs('c/m')).toBe(3000)
  })

  it('lets the next one through where the first found out nothing, and all where it finds out nothing for a second', () => {
    const { clock, holds } = world()
    holds.hold(target(), 2000)
    clock.advance(2000)
    expect(holds.enter('c/m')).toBe('probe')
    holds.unanswered('c/m')
    expect(holds.enter('c/m')).toBe('probe')
    clock.advance(999)
    expect(holds.enter('c/m')).toBe('probed')
    expect(holds.heldMs('c/m')).toBe(1)
    clock.advance(1)
    for (let each = 0; each < 3; each++) expect(holds.enter('c/m')).toBe('free')
  })

  it('makes nobody wait for a probe long after the hold', () => {
    const { clock, holds } = world()
    holds.hold(target(), 2000)
    clock.advance(60_000)
    for (let each = 0; each < 3; each++) expect(holds.enter('c/m')).toBe('free')
  })
})
