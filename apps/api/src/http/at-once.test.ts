import { describe, expect, it } from 'vitest'
import { AtOnce } from './at-once.ts'

const busy = expect.objectContaining({
  code: 'unavailable',
  retryAfterMs: 1000,
  message: '2 things are being done: try again',
})

describe('work of which only so much may be under way', () => {
  it('is refused beyond that, without being begun, until some of it has ended', async () => {
    const atOnce = new AtOnce(2, 'things are being done')
    const first = Promise.withResolvers<string>()
    const second = Promise.withResolvers<string>()
    const begun = [atOnce.run(() => first.promise), atOnce.run(() => second.promise)]
    let more = 0
    const another = () => atOnce.run(async () => ++more)
    await expect(another()).rejects.toEqual(busy)
    await expect(another()).rejects.toEqual(busy)
    expect(more).toBe(0)
    first.resolve('done')
    expect(await begun[0]).toBe('done')
    expect(await another()).toBe(1)
    expect(await another()).toBe(2)
    second.resolve('done as well')
    expect(await begun[1]).toBe('done as well')
  })

  it('leaves room for more when it fails, at once or later', async () => {
    const atOnce = new AtOnce(2, 'things are being done')
    for (let round = 0; round < 3; round++) {
      await expect(atOnce.run(() => Promise.reject(new Error('later')))).rejects.toThrow('later')
      const failing = () => {
        throw new Error('at once')
      }
      await expect(atOnce.run(failing)).rejects.toThrow('at once')
    }
    expect(await atOnce.run(async () => 'done')).toBe('done')
  })
})
