import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Journal } from '@vm-x/gateway'
import { journalContract } from '@vm-x/gateway/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openFileJournal } from './file-journal.ts'

const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'journal-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const open = async (where = dir) => openFileJournal({ dir: where, maxBytes: 1e9, sinks: ['audit'], clock })

const textsFor = async (journal: Journal, limit = 10) =>
  (await journal.read('audit', limit)).map(({ json }) => json.toString())

/** Paths of all that is in the directory. */
const journalFiles = async () => {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

describe('as every journal', () =>
  journalContract(async () => {
    const place = await mkdtemp(join(tmpdir(), 'journal-'))
    return {
      open: async (options) => openFileJournal({ dir: place, ...options }),
      remove: () => rm(place, { recursive: true, force: true }),
    }
  }))

test('a directory that is missing or is none is told in one sentence', async () => {
  const missing = join(dir, 'missing')
  await expect(open(missing)).rejects.toThrow(`Cannot keep a journal in ${missing}: there is no such directory`)
  await writeFile(missing, '')
  await expect(open(missing)).rejects.toThrow(`Cannot keep a journal in ${missing}: there is no such directory`)
})

test('a directory that takes no files is told in one sentence', async () => {
  const isRoot = process.getuid?.() === 0
  if (!isRoot) await chmod(dir, 0o500)
  const readOnly = isRoot ? '/proc/self' : dir
  await expect(open(readOnly)).rejects.toThrow(
    /^Cannot keep a journal in \S+: (the directory cannot be written to|unable to open database file)$/,
  )
})

test('a file that cannot be read is named, with the way out, and left as it is', async () => {
  const broken = join(dir, 'journal-broken', '000000001.log')
  await mkdir(dirname(broken))
  await writeFile(broken, 'not a journal')
  await expect(open()).rejects.toThrow(`${broken} cannot be read (it is not of this release): move it away to start`)
  await writeFile(broken, 'vm-x-ai journal 1\nr1\t{}\nnonsense\n')
  await expect(open()).rejects.toThrow(`${broken} cannot be read (byte 24 begins no line of a journal)`)
  expect((await stat(broken)).size).toBeGreaterThan(0)
})

test('a file of an earlier build is named and left alone', async () => {
  const earlier = join(dir, 'journal-1.db')
  await writeFile(earlier, '')
  await expect(open()).rejects.toThrow(`${earlier} was written before the first release: move it away`)
})

test('a process that died before it held anything is no obstacle, however far it came', async () => {
  await mkdir(join(dir, 'journal-1'))
  await mkdir(join(dir, 'journal-2'))
  await writeFile(join(dir, 'journal-2', '000000001.log'), '')
  await mkdir(join(dir, 'journal-3'))
  await writeFile(join(dir, 'journal-3', '000000001.log'), 'vm-x-ai jou')
  const journal = await open()
  await journal.append('a', 'a')
  expect(await textsFor(journal)).toEqual(['a'])
  await journal.acknowledge('audit', 1)
  await journal.close()
  expect(await readdir(dir)).toEqual([])
})

test('what has left and what has ended stays so over several takeovers', async () => {
  const first = await open()
  await Promise.all(['a', 'b', 'c'].map((text) => first.append(text, text)))
  await Promise.all([first.open('m', 'm'), first.open('n', 'n')])
  await first.close()
  const second = await open()
  await Promise.all([second.acknowledge('audit', 2), second.append('m', 'M')])
  await second.close()
  const third = await open()
  expect(await third.orphans()).toEqual(['n'])
  expect(await textsFor(third)).toEqual(['c', 'M'])
  await third.acknowledge('audit', 1)
  await third.close()
  const fourth = await open()
  expect(await textsFor(fourth)).toEqual(['M'])
  await fourth.append('n', 'N')
  await fourth.acknowledge('audit', 2)
  await fourth.close()
  expect(await readdir(dir)).toEqual([])
})

test('a line that the death of its process has cut is not there, and all before it is', async () => {
  await mkdir(join(dir, 'journal-1'))
  const lines = '@1000\nnopen\tnoted\nr1\tfirst\nr2\tsecond\nr3\tthi'
  await writeFile(join(dir, 'journal-1', '000000001.log'), `vm-x-ai journal 1\n${lines}`)
  const journal = await open()
  expect(await journal.read('audit', 10)).toEqual([
    { seq: 1, json: Buffer.from('first') },
    { seq: 2, json: Buffer.from('second') },
  ])
  expect(await journal.orphans()).toEqual(['noted'])
  expect(journal.stats()).toMatchObject({ depth: 2, bytes: 11, oldestAt: 1000 })
  await journal.close()
})

test("what is kept is for its owner's eyes only", async () => {
  const journal = await open()
  await journal.append('a', 'a')
  const record = { seq: 1, json: Buffer.from('a') }
  await journal.setAside('audit', record, 'because')
  const readableByOthers = async (file: string) => ((await stat(file)).mode & 0o077) !== 0
  const [directory = ''] = (await readdir(dir)).filter((name) => name.startsWith('journal-'))
  expect(await readableByOthers(join(dir, directory))).toBe(false)
  const files = (await journalFiles()).filter((file) => !file.includes('lock.db'))
  expect(files).toHaveLength(2)
  for (const file of files) expect(await readableByOthers(file)).toBe(false)
  await journal.close()
})

test('nothing is left behind when everything was shipped', async () => {
  const journal = await open()
  await journal.append('a', 'a')
  await journal.acknowledge('audit', 1)
  await journal.close()
  expect(await readdir(dir)).toEqual([])
})

test('the space of shipped records is given back, also while a request of long ago is still open', async () => {
  const segmentBytes = 100_000
  const journal = openFileJournal({ dir, maxBytes: 1e9, sinks: ['audit'], clock, segmentBytes })
  await journal.open('long', 'of long ago')
  for (let round = 0; round < 100; round++) {
    for (let index = 0; index < 10; index++) void journal.append(`${index}`, 'x'.repeat(20_000))
    await journal.open('again', `${round}`)
    await journal.acknowledge('audit', Number.MAX_SAFE_INTEGER)
  }
  const sizes = await Promise.all((await journalFiles()).map(async (file) => (await stat(file)).size))
  // A file is as long as one write makes it: here twice what it should be.
  expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(12 * 2 * segmentBytes)
  await journal.close()
  const next = await open()
  expect(await next.orphans()).toEqual(['of long ago', '99'])
  await next.close()
})

test('a backlog larger than what is kept in memory is read without a gap', async () => {
  const journal = await open()
  const texts = Array.from({ length: 60 }, (_, index) => `${index} ${'x'.repeat(500_000)}`)
  await Promise.all(texts.map((each, index) => journal.append(`${index}`, each)))
  const read: string[] = []
  while (journal.stats().depth > 0) {
    const entries = await journal.read('audit', 7)
    read.push(...entries.map(({ json }) => json.toString()))
    await journal.acknowledge('audit', entries.at(-1)?.seq ?? 0)
  }
  expect(read.map((each) => each.slice(0, 3))).toEqual(texts.map((each) => each.slice(0, 3)))
  await journal.close()
})

test('records between notes, written together or apart, are read as they were, from memory and after a death', async () => {
  const journal = await open()
  const texts = ['"ä"', '"☃"', '"😀"', '"plain"']
  for (const together of [texts.slice(0, 3), texts.slice(3)]) {
    const written = together.flatMap((each, index) => [
      journal.open(`note ${index}`, `"noted ☃ ${index}"`),
      journal.append(each, each),
    ])
    await Promise.all(written)
  }
  expect(await textsFor(journal)).toEqual(texts)
  expect(await textsFor(journal, 2)).toEqual(texts.slice(0, 2))
  await journal.close()
  const next = await open()
  expect(await textsFor(next)).toEqual(texts)
  await next.close()
})

test('a record that is set aside is written down as text, with the reason', async () => {
  const journal = await open()
  await journal.append('a', '"ä ☃"')
  const [entry] = await journal.read('audit', 1)
  if (!entry) throw new Error('the record is missing')
  await journal.setAside('audit', entry, 'because')
  const [row] = (await readFile(join(dir, 'set-aside.jsonl'), 'utf8')).trim().split('\n')
  expect(JSON.parse(row ?? '')).toMatchObject({ sink: 'audit', reason: 'because', record: '"ä ☃"' })
  await journal.close()
})

test('when the disk has no room, all of that group is refused, the journal is full for a moment, and goes on', async () => {
  const script = `
    import { openFileJournal } from ${JSON.stringify(join(import.meta.dirname, 'file-journal.ts'))}
    let ms = 0
    const clock = { now: () => ms, monotonicMs: () => ms }
    const journal = openFileJournal({ dir: ${JSON.stringify(dir)}, maxBytes: 1e9, sinks: ['audit'], clock })
    const said = []
    const append = async (...sizes) => {
      const settled = await Promise.allSettled(sizes.map((size) => journal.append('id', 'x'.repeat(size))))
      said.push(settled.map(({ status }) => status).join(' and '), journal.stats().bytes)
      if (journal.stats().full) said.push('full')
    }
    await append(1000)
    await append(1000, 20_000_000, 1000)
    ms += 1000
    await append(1000, 1000)
    await journal.close()
    process.stdout.write(said.join(', '))`
  const refused = 'rejected and rejected and rejected, 1000, full'
  expect(await runWithSmallFiles(script)).toBe(`fulfilled, 1000, ${refused}, fulfilled and fulfilled, 3000`)
})

test('what has left makes room although there is none to write that it has', async () => {
  const script = `
    import { openFileJournal } from ${JSON.stringify(join(import.meta.dirname, 'file-journal.ts'))}
    let ms = 0
    const clock = { now: () => ms, monotonicMs: () => ms }
    const journal = openFileJournal({ dir: ${JSON.stringify(dir)}, maxBytes: 1e9, sinks: ['audit'], clock })
    let count = 0
    for (const size of [1_000_000, 10_000, 100, 1]) {
      for (;;) {
        const [{ status }] = await Promise.allSettled([journal.append('id', 'x'.repeat(size))])
        if (status === 'rejected') break
        count++
      }
    }
    const [{ status }] = await Promise.allSettled([journal.acknowledge('audit', count)])
    const left = journal.stats().depth
    ms += 1000
    await journal.append('id', 'x'.repeat(1_000_000))
    process.stdout.write([count > 0, status, left, journal.stats().depth].join(', '))
    await journal.close()`
  expect(await runWithSmallFiles(script)).toBe('true, rejected, 0, 1')
})

test('a file that can not be removed takes nothing back of what was written', async () => {
  const journal = openFileJournal({ dir, maxBytes: 1e9, sinks: ['audit'], clock, segmentBytes: 100 })
  await journal.append('1', 'x'.repeat(200))
  const [first = ''] = (await journalFiles()).filter((file) => file.endsWith('.log'))
  await rm(first)
  await mkdir(join(first, 'in the way'), { recursive: true })
  await journal.append('2', 'y'.repeat(200))
  await journal.acknowledge('audit', 2)
  await journal.append('3', 'z')
  expect(await textsFor(journal)).toEqual(['z'])
  expect(journal.stats().full).toBe(false)
  await journal.close()
})

/** Runs it where no file can be larger than 8 MB, in blocks of 512 or 1024 bytes: stands in for the end of the disk. */
async function runWithSmallFiles(script: string): Promise<string> {
  const limited = `trap '' XFSZ; ulimit -f 8192; exec "$@"`
  const args = ['-c', limited, 'sh', process.execPath, '--input-type=module-typescript', '-e', script]
  const child = spawn('sh', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')])
  return said
}
