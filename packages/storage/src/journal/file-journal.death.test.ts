import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Journal } from '@vm-x/gateway'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openFileJournal } from './file-journal.ts'

const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
const child = join(import.meta.dirname, 'file-journal.child.ts')

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'journal-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const open = async () => openFileJournal({ dir, maxBytes: 1e9, sinks: ['audit'], clock })

/** A process that writes under load. `lines` resolves when it has reported that many, `kill` when it is dead. */
const startChild = (name: string) => {
  const running = spawn(process.execPath, [child, dir, name], { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(running, 'close')
  const reported: string[] = []
  let changed = Promise.withResolvers<void>()
  const change = () => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  createInterface({ input: running.stdout }).on('line', (line) => {
    reported.push(line)
    change()
  })
  running.once('close', change)
  const lines = async (count: number) => {
    while (reported.length < count) {
      if (running.exitCode !== null) throw new Error(`The child ended by itself: ${running.exitCode}`)
      await changed.promise
    }
  }
  const kill = async () => {
    running.kill('SIGKILL')
    await gone
  }
  return { reported, lines, kill }
}

const ids = (reported: readonly string[], stage: string) =>
  reported.filter((line) => line.startsWith(`${stage} `)).map((line) => line.slice(stage.length + 1))

const contents = async (journal: Journal) => {
  const records = await journal.read('audit', 1_000_000)
  const orphans = await journal.orphans()
  const idOf = (text: string) => text.slice(0, text.indexOf(' '))
  return { records: records.map(({ json }) => idOf(json.toString())), orphans: orphans.map(idOf) }
}

const randomUpTo = (limit: number) => Math.floor(Math.random() * limit)

test('a process killed at any moment under load leaves every record it was promised, once, and exactly the open notes', async () => {
  const reported: string[] = []
  for (const round of ['first', 'second', 'third', 'fourth', 'fifth', 'sixth']) {
    const writer = startChild(round)
    await writer.lines(1 + randomUpTo(3000))
    await writer.kill()
    reported.push(...writer.reported)
  }
  const journal = await open()
  const { records, orphans } = await contents(journal)
  await journal.close()

  const [recorded, kept] = [new Set(records), new Set([...records, ...orphans])]
  expect(ids(reported, 'ended').length).toBeGreaterThan(0)
  expect(new Set(records).size).toBe(records.length)
  expect(ids(reported, 'ended').filter((id) => !recorded.has(id))).toEqual([])
  expect(kept.size).toBe(records.length + orphans.length)
  expect(ids(reported, 'noted').filter((id) => !kept.has(id))).toEqual([])
}, 60_000)

test('processes that share a directory leave each other alone while they live, and a dead one is adopted once', async () => {
  const writers = ['first', 'second'].map(startChild)
  await Promise.all(writers.map(({ lines }) => lines(500)))
  const early = await open()
  expect(await contents(early)).toEqual({ records: [], orphans: [] })
  await early.close()
  await Promise.all(writers.map(({ lines, reported }) => lines(reported.length + 500)))
  await Promise.all(writers.map(({ kill }) => kill()))
  const reported = writers.flatMap((writer) => writer.reported)

  const late = await open()
  const { records, orphans } = await contents(late)
  const later = await open()
  expect(await contents(later)).toEqual({ records: [], orphans: [] })
  await later.close()
  for (const id of orphans) await late.append(id, id)
  await late.acknowledge('audit', Number.MAX_SAFE_INTEGER)
  await late.close()
  expect(await readdir(dir)).toEqual([])

  expect(new Set(records).size).toBe(records.length)
  const [recorded, kept] = [new Set(records), new Set([...records, ...orphans])]
  expect(ids(reported, 'ended').filter((id) => !recorded.has(id))).toEqual([])
  expect(ids(reported, 'noted').filter((id) => !kept.has(id))).toEqual([])
}, 60_000)

test('a death at any moment after taking over from dead processes loses nothing', async () => {
  const writers = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'].map(startChild)
  await Promise.all(writers.map(({ lines }) => lines(2500)))
  await Promise.all(writers.map(({ kill }) => kill()))
  const reported = writers.flatMap((writer) => writer.reported)
  for (const name of ['seventh', 'eighth', 'ninth', 'tenth']) {
    const adopter = startChild(name)
    await adopter.lines(1 + randomUpTo(200))
    await adopter.kill()
    reported.push(...adopter.reported)
  }
  const journal = await open()
  const { records, orphans } = await contents(journal)
  await journal.close()

  expect(new Set(records).size).toBe(records.length)
  const [recorded, kept] = [new Set(records), new Set([...records, ...orphans])]
  expect(ids(reported, 'ended').filter((id) => !recorded.has(id))).toEqual([])
  expect(ids(reported, 'noted').filter((id) => !kept.has(id))).toEqual([])
}, 60_000)
