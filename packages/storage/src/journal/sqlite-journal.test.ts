import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { journalContract } from '@vm-x/gateway/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSqliteJournal } from './sqlite-journal.ts'

const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'journal-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const open = (where = dir) => openSqliteJournal({ dir: where, maxBytes: 1e9, sinks: ['audit'], clock })

const journalFiles = async () => (await readdir(dir)).filter((file) => file.startsWith('journal-'))

describe('as every journal', () =>
  journalContract(async () => {
    const place = await mkdtemp(join(tmpdir(), 'journal-'))
    return {
      open: (options) => openSqliteJournal({ dir: place, ...options }),
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
  const broken = join(dir, 'journal-broken.db')
  await writeFile(broken, 'not a database, but long enough to be looked at as one '.repeat(100))
  await expect(open()).rejects.toThrow(`${broken} cannot be read (file is not a database): move it away to start`)
  expect((await stat(broken)).size).toBeGreaterThan(0)
})

test('a file whose owner died before it held anything is no obstacle', async () => {
  await writeFile(join(dir, 'journal-empty.db'), '')
  const journal = await open()
  await journal.append('a', 'a')
  expect(await journal.read('audit', 10)).toMatchObject([{ json: 'a' }])
  await journal.close()
})

test("what is kept is for its owner's eyes only", async () => {
  const journal = await open()
  await journal.append('a', 'a')
  const modes = (await journalFiles()).map(async (file) => (await stat(join(dir, file))).mode & 0o777)
  expect(new Set(await Promise.all(modes))).toEqual(new Set([0o600]))
  await journal.close()
})

test('nothing is left behind when everything was shipped', async () => {
  const journal = await open()
  await journal.append('a', 'a')
  await journal.acknowledge('audit', 1)
  await journal.close()
  expect(await journalFiles()).toEqual([])
})

test('the space of shipped records is used again', async () => {
  const journal = await open()
  const size = async () => {
    const sizes = (await journalFiles()).map(async (file) => (await stat(join(dir, file))).size)
    return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0)
  }
  const cycle = async () => {
    for (let index = 0; index < 100; index++) void journal.append(`${index}`, 'x'.repeat(20_000))
    await journal.open('note', 'x'.repeat(20_000))
    await journal.acknowledge('audit', Number.MAX_SAFE_INTEGER)
  }
  for (let round = 0; round < 20; round++) await cycle()
  const before = await size()
  for (let round = 0; round < 40; round++) await cycle()
  expect(await size()).toBeLessThan(before * 1.5)
  await journal.close()
})

test('a backlog larger than what is kept in memory is read without a gap', async () => {
  const journal = await open()
  const texts = Array.from({ length: 60 }, (_, index) => `${index} ${'x'.repeat(500_000)}`)
  await Promise.all(texts.map((each, index) => journal.append(`${index}`, each)))
  const read: string[] = []
  while (journal.stats().depth > 0) {
    const entries = await journal.read('audit', 7)
    read.push(...entries.map(({ json }) => json))
    await journal.acknowledge('audit', entries.at(-1)?.seq ?? 0)
  }
  expect(read.map((each) => each.slice(0, 3))).toEqual(texts.map((each) => each.slice(0, 3)))
  await journal.close()
})

test('when the disk has no room, all of that group is refused, the journal is full for a moment, and goes on', async () => {
  const script = `
    import { openSqliteJournal } from ${JSON.stringify(join(import.meta.dirname, 'sqlite-journal.ts'))}
    let ms = 0
    const clock = { now: () => ms, monotonicMs: () => ms }
    const journal = await openSqliteJournal({ dir: ${JSON.stringify(dir)}, maxBytes: 1e9, sinks: ['audit'], clock })
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
  // The limit of a file's size stands in for the end of the disk: 8 MB in blocks of 512 or 1024 bytes.
  const limited = `trap '' XFSZ; ulimit -f 8192; exec "$@"`
  const args = ['-c', limited, 'sh', process.execPath, '--input-type=module-typescript', '-e', script]
  const child = spawn('sh', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')])
  const refused = 'rejected and rejected and rejected, 1000, full'
  expect(said).toBe(`fulfilled, 1000, ${refused}, fulfilled and fulfilled, 3000`)
})
