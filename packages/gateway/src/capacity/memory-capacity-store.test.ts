import { describe, expect, it } from 'vitest'
import { DrivenClock } from '../testing/driven-clock.ts'
import { capacityStoreContract } from './capacity-store.contract.ts'
import { type CapacityItem, CONCURRENT, type Granted, MINUTE } from './capacity-store.ts'
import { MemoryCapacityStore } from './memory-capacity-store.ts'
import { Calendar } from './windows.ts'

describe('MemoryCapacityStore', () => {
  capacityStoreContract(async (clock) => ({ store: new MemoryCapacityStore(clock), close: async () => {} }))

  const item = (key: string, more: Partial<CapacityItem> = {}): CapacityItem => ({
    key,
    window: MINUTE,
    forgettable: true,
    maxRequests: 1,
    maxTokens: Number.POSITIVE_INFINITY,
    tokens: 0,
    ...more,
  })

  const exercise = (store: MemoryCapacityStore, times: number) => {
    for (let each = 0; each < times; each++) store.reserve([[item('one that stays')]])
  }

  it('drops counters of idle keys, passed windows and ended requests', () => {
    const clock = new DrivenClock()
    const store = new MemoryCapacityStore(clock)
    const window = new Calendar('UTC').window('hour', clock.now())
    for (let each = 0; each < 300; each++) {
      const places = item(`places ${each}`, { window: CONCURRENT, forgettable: false })
      const answer = store.reserve([[item(`minute ${each}`), item(`hour ${each}`, { window }), places]])
      for (const receipt of answer.granted ? answer.receipts : []) store.settle(receipt, 1)
    }
    expect(store.size).toBeGreaterThan(600)
    clock.advance(3_600_000)
    exercise(store, 1000)
    expect(store.size).toBe(1)
  })

  it('makes no counter for a look, nor keeps one longer that was looked at', () => {
    const store = new MemoryCapacityStore(new DrivenClock(), 2)
    store.peek([item('a'), item('b', { forgettable: false })], [{ key: 'a', window: MINUTE }])
    expect(store.size).toBe(0)
    for (const key of ['a', 'b']) store.reserve([[item(key)]])
    store.peek([item('a')], [])
    store.reserve([[item('c')]])
    expect(
      store
        .peek(
          ['a', 'b', 'c'].map((key) => item(key)),
          [],
        )
        .used.map(({ requests }) => requests),
    ).toEqual([0, 1, 1])
  })

  it('keeps a bounded number of counters whose keys clients choose, and the ones in use longest', () => {
    const clock = new DrivenClock()
    const store = new MemoryCapacityStore(clock, 100)
    const window = new Calendar('UTC').window('month', clock.now())
    expect(store.reserve([[item('regular', { window })]]).granted).toBe(true)
    for (let each = 0; each < 5000; each++) {
      store.reserve([[item(`invented ${each}`, { window })]])
      expect(store.reserve([[item('regular', { window })]]).granted, `after ${each}`).toBe(false)
    }
    expect(store.size).toBe(100)
  })

  it('charges what a stream uses after its counter was dropped', () => {
    const clock = new DrivenClock()
    const store = new MemoryCapacityStore(clock)
    const tokens = item('tokens', { maxRequests: 9, maxTokens: 100, tokens: 10 })
    const { receipts } = granted(store, tokens)
    clock.advance(70_000)
    exercise(store, 100)
    for (const receipt of receipts) store.progress(receipt, 60)
    expect(granted(store, { ...tokens, tokens: 0 }).remaining).toMatchObject([[{ tokens: 50 }]])
  })

  it('knows of a minute what was used before a limit of tokens joined one of requests', () => {
    const store = new MemoryCapacityStore(new DrivenClock())
    const { receipts } = granted(store, item('k', { maxRequests: 9, tokens: 50 }))
    granted(store, item('k', { maxRequests: 9, maxTokens: 100, tokens: 40 }))
    for (const receipt of receipts) store.settle(receipt, 5)
    expect(granted(store, item('k', { maxRequests: 9, maxTokens: 100 })).remaining).toMatchObject([[{ tokens: 55 }]])
  })

  it('needs little memory for values that clients invent', () => {
    const store = new MemoryCapacityStore(new DrivenClock())
    const buffers = process.memoryUsage().arrayBuffers
    for (let each = 0; each < 20_000; each++) {
      const key = `{w} minute/user api-key:k =invented ${each}`
      store.reserve([[item(key, { maxRequests: 9, maxTokens: 100, tokens: 10 })]])
    }
    expect(process.memoryUsage().arrayBuffers - buffers).toBeLessThan(1_000_000)
  })
})

function granted(store: MemoryCapacityStore, item: CapacityItem): Granted {
  const answer = store.reserve([[item]])
  if (!answer.granted) throw new Error('denied')
  return answer
}
