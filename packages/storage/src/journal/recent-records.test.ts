import { expect, test } from 'vitest'
import { RecentRecords } from './recent-records.ts'

const recordsOf = (maxBytes: number, ...seqs: number[]) => {
  const recent = new RecentRecords(maxBytes)
  for (const seq of seqs) recent.add({ seq, json: `record ${seq}` })
  return recent
}

const seqs = (recent: RecentRecords, seq: number, limit: number) => recent.from(seq, limit)?.map((entry) => entry.seq)

test('answers from any record it holds, as many as asked for', () => {
  const recent = recordsOf(1000, 5, 6, 7)
  expect(seqs(recent, 5, 2)).toEqual([5, 6])
  expect(seqs(recent, 6, 10)).toEqual([6, 7])
})

test('does not answer when the first record asked for is older, newer or forgotten', () => {
  const recent = recordsOf(1000, 5, 6, 7)
  expect([recent.from(4, 10), recent.from(8, 10), recordsOf(1000).from(1, 10)]).toEqual([
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
  const recent = recordsOf('record 1'.length * 4, 1, 2, 3, 4, 5)
  expect(recent.from(3, 10)).toBeUndefined()
  expect(seqs(recent, 4, 10)).toEqual([4, 5])
  expect(recordsOf(3, 1).from(1, 10)).toBeUndefined()
})
