import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Group, openJournalFile } from './journal-file.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'journal-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const group = (changes: Partial<Group>): Group => ({
  at: 1,
  notes: [],
  records: [],
  setAside: [],
  acknowledged: [],
  ...changes,
})

test('a group that fails half-way leaves nothing of itself, and the next one is written', () => {
  const file = openJournalFile(dir, 'journal-1.db', ['audit'])
  file.write(group({ records: ['a', 'a'] }))
  const before = file.counts()
  const withoutText = ['b', 'b', 'c']
  expect(() => file.write(group({ notes: ['n', 'n'], records: withoutText }))).toThrow('NOT NULL')
  expect(file.counts()).toEqual(before)
  file.write(group({ records: ['d', 'd'] }))
  expect(file.read('audit', 10)).toEqual({ firstSeq: 1, records: ['a', 'd'] })
  file.close()
  const again = openJournalFile(dir, 'journal-2.db', ['audit'])
  expect(again.orphans()).toEqual([])
  again.close()
})

test('a file of a newer release is named and left alone', () => {
  const path = join(dir, 'journal-1.db')
  const newer = new DatabaseSync(path)
  newer.exec('PRAGMA user_version = 1000')
  newer.close()
  expect(() => openJournalFile(dir, 'journal-2.db', ['audit'])).toThrow(`${path} was written by a newer release`)
})
