import { expect, test } from 'vitest'
import { RecentRecords } from './recent-records.ts'

/** Adds records as one group, written behind 100 bytes of a file, each in a line of its own. */
const add = (recent: RecentRecords, ...seqs: number[]) => {
  let start = 101
  const places = seqs.map((seq) => {
    const place = { at: 0, start, bytes: textOf(seq).length }
    start += place.bytes + 2
    return place
  })
  const written = Buffer.from(seqs.map((seq) => `r${textOf(seq)}\n`).join(''))
  recent.add(seqs[0] ?? 0, places, written, 100)
  return written
}

const textOf = (seq: number) => `record ${seq}`
/** What a group takes, with what stands between its records. */
const bytesOf = (count: number) => count * (textOf(1).length + 2) - 2

/** @param slabBytes by default so few that each group has its own */
const recordsOf = (maxBytes: number, groups: number[][], slabBytes = 1) => {
  const recent = new RecentRecords(maxBytes, slabBytes)
  for (const seqs of groups) add(recent, ...seqs)
  return recent
}

const seqs = (recent: RecentRecords, seq: number, limit: number) => recent.from(seq, limit)?.map((entry) => entry.seq)
const texts = (recent: RecentRecords, seq: number, limit: number) =>
  recent.from(seq, limit)?.map(({ json }) => json.toString())
const memoryOf = (recent: RecentRecords, seq: number) => recent.from(seq, 1)?.[0]?.json.buffer

test('answers from any record it holds, as many as asked for', () => {
  const recent = recordsOf(1000, [[5], [6], [7]])
  expect(seqs(recent, 5, 2)).toEqual([5, 6])
  expect(seqs(recent, 6, 10)).toEqual([6, 7])
})

test.each([
  ['a slab each', 1],
  ['two slabs', bytesOf(3) + bytesOf(1)],
  ['one slab', 500],
])(
  'answers each record with its own text, from the middle of one group to the middle of another, in %s',
  (_in, slab) => {
    const recent = recordsOf(1000, [[1, 2, 3], [4], [5, 6, 7]], slab)
    expect(recent.from(2, 5)?.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6])
    expect(texts(recent, 2, 5)).toEqual([2, 3, 4, 5, 6].map(textOf))
    expect(texts(recent, 4, 1)).toEqual([textOf(4)])
    expect(texts(recent, 7, 10)).toEqual([textOf(7)])
  },
)

test('what is written into the same memory afterwards changes nothing', () => {
  const recent = recordsOf(1000, [], 500)
  add(recent, 1, 2).fill('x')
  expect(texts(recent, 1, 2)).toEqual([textOf(1), textOf(2)])
})

test('does not answer when the first record asked for is older, newer or forgotten', () => {
  const recent = recordsOf(1000, [[5], [6], [7]])
  expect([recent.from(4, 10), recent.from(8, 10), recordsOf(1000, []).from(1, 10)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  recent.forget(6)
  expect(recent.from(6, 10)).toBeUndefined()
  expect(seqs(recent, 7, 10)).toEqual([7])
  recent.forget(3)
  recent.forget(100)
  expect(recent.from(7, 10)).toBeUndefined()
})

test('lets the oldest go when it holds too much, also a single record that is too large', () => {
  const recent = recordsOf(bytesOf(1) * 4, [[1], [2], [3], [4], [5]])
  expect(recent.from(3, 10)).toBeUndefined()
  expect(seqs(recent, 4, 10)).toEqual([4, 5])
  expect(recordsOf(3, [[1]]).from(1, 10)).toBeUndefined()
})

test('memory of which one record is still needed counts as a whole, until that has left as well', () => {
  const recent = recordsOf(bytesOf(3) + bytesOf(1) - 1, [[1, 2, 3]])
  recent.forget(2)
  expect(memoryOf(recent, 3)?.byteLength).toBe(bytesOf(3))
  add(recent, 4)
  expect(recent.from(3, 1)).toBeUndefined()
  expect(seqs(recent, 4, 1)).toEqual([4])
  recent.forget(4)
  add(recent, 5, 6, 7)
  expect(seqs(recent, 5, 10)).toEqual([5, 6, 7])
})

test('the memory of forgotten records serves new ones, however many come', () => {
  const recent = recordsOf(300, [], 100)
  const used = new Set<unknown>()
  for (let seq = 1; seq < 1000; seq++) {
    add(recent, seq)
    used.add(memoryOf(recent, seq))
    recent.forget(seq - 9)
    const oldest = Math.max(1, seq - 8)
    expect(texts(recent, oldest, 100)).toEqual(Array.from({ length: seq - oldest + 1 }, (_, i) => textOf(oldest + i)))
  }
  expect(used.size).toBeLessThanOrEqual(3)
})

test('the memory of records that were let go is not written to again: a reader may be at them', () => {
  const recent = recordsOf(300, [[1]], 100)
  const read = recent.from(1, 1)
  for (let seq = 2; seq < 500; seq++) add(recent, seq)
  expect(recent.from(1, 1)).toBeUndefined()
  recent.forget(499)
  for (let seq = 500; seq < 1000; seq++) add(recent, seq)
  expect(read?.[0]?.json.toString()).toBe(textOf(1))
})
