import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Group, openJournalFile } from './journal-file.ts'
import { joinTexts } from './text-sequence.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'journal-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const group = (changes: {
  at?: number
  notes?: [string, string][]
  ended?: string[]
  records?: string[]
  leftSeq?: number
}): Group => {
  const { at = 1, notes = [], ended = [], records = [], leftSeq = 0 } = changes
  const [ids, texts] = [notes.map(([id]) => id), notes.map(([, text]) => text)]
  return {
    at,
    notes: { ids: joinTexts(ids), texts: joinTexts(texts), endedIds: joinTexts(ended) },
    records: joinTexts(records),
    recordCount: records.length,
    setAside: [],
    leftSeq,
  }
}

test('a group that fails half-way leaves nothing of itself, and the next one is written', () => {
  const file = openJournalFile(dir, 'journal-1.db')
  file.write(group({ notes: [['open', 'open']], records: ['a'] }))
  const before = file.counts()
  const noTime = Number.NaN
  expect(() => file.write(group({ at: noTime, notes: [['n', 'n']], ended: ['open'], records: ['c'] }))).toThrow(
    'NOT NULL',
  )
  expect(file.counts()).toEqual(before)
  file.write(group({ records: ['d'] }))
  expect(file.read(0, 10)).toEqual({ firstSeq: 1, texts: ['a', 'd'] })
  file.close()
  const again = openJournalFile(dir, 'journal-2.db')
  expect(again.orphans()).toEqual(['open'])
  again.close()
})

test('a file of a newer release is named and left alone', () => {
  const path = join(dir, 'journal-1.db')
  const newer = new DatabaseSync(path)
  newer.exec('PRAGMA user_version = 1000')
  newer.close()
  expect(() => openJournalFile(dir, 'journal-2.db')).toThrow(`${path} was written by a newer release`)
})
