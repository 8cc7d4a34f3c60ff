import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  addSums,
  DISCOVERED_MS,
  type Lesson,
  MOST_RECENT,
  type SharedKnowledge,
  type Subject,
  type TargetNews,
} from './shared-knowledge.ts'

/** A place that replicas share. */
export type KnowledgePlace = {
  readonly replica: () => SharedKnowledge
  readonly close: () => Promise<void>
}

/** What everything promises that replicas tell each other by. */
export function sharedKnowledgeContract(open: () => Promise<KnowledgePlace>): void {
  let place: KnowledgePlace
  let one: SharedKnowledge
  let other: SharedKnowledge
  const news: TargetNews[] = []
  let number = 0
  beforeAll(async () => {
    place = await open()
    one = place.replica()
    other = place.replica()
    other.listen((each) => news.push(each))
  })
  afterAll(() => place?.close())

  const lesson = (subject: Subject, key: string, ...sums: number[]): Lesson => ({ subject, key, sums })
  const tell = (replica: SharedKnowledge, workspaceId: string, ...lessons: Lesson[]) =>
    replica.exchange({ workspaceId, number: ++number, lessons, targets: [] })
  const ask = async (workspaceId: string, subject: Subject, key: string, replica = other) => {
    const known = await replica.exchange({
      workspaceId,
      number: 0,
      lessons: [{ subject, key, sums: [] }],
      targets: [],
    })
    return known.learned[0]
  }
  const newsOf = async (workspaceId: string, targetKey: string) =>
    (await other.exchange({ workspaceId, number: 0, lessons: [], targets: [targetKey] })).targets[0]

  test('what replicas tell of errors is added up, and each is answered what all know', async () => {
    const workspaceId = randomUUID()
    await tell(one, workspaceId, lesson('error', 'c/m', 2, 0.5, 300, 400, 350))
    const { learned } = await tell(
      other,
      workspaceId,
      lesson('error', 'c/m', 1, 0.25, 10, 20, 9_007_199_254_740_000),
      lesson('error', 'new', 1, 0, 1, 1, 1),
    )
    expect(learned[0]?.sums).toEqual([3, 0.75, 310, 420, 9_007_199_254_740_350])
    expect(learned[1]?.sums).toEqual([1, 0, 1, 1, 1])
    for (const each of learned) {
      expect(each?.ageMs).toBeGreaterThanOrEqual(0)
      expect(each?.ageMs).toBeLessThan(60_000)
    }
  })

  test('of what moves the last answers weigh, whoever tells them', async () => {
    const workspaceId = randomUUID()
    const expected = [0, 0]
    for (const [replica, sums] of [
      [one, [12, 1200]],
      [other, [6, 60]],
      [one, [15, 3000]],
      [other, [MOST_RECENT + 20, 4000]],
      [one, [1, 7]],
    ] as const) {
      addSums(expected, sums, true)
      const { learned } = await tell(replica, workspaceId, lesson('output', 'r', ...sums))
      expect(learned[0]?.sums[0]).toBeLessThanOrEqual(MOST_RECENT)
      for (const [index, sum] of expected.entries()) expect(learned[0]?.sums[index]).toBeCloseTo(sum, 6)
    }
  })

  test('whoever only asks changes nothing, and is told nothing where nobody has learned anything', async () => {
    const workspaceId = randomUUID()
    expect(await ask(workspaceId, 'input', 'c/m')).toBeUndefined()
    await tell(one, workspaceId, lesson('input', 'c/m', 1, 4000, 1000))
    expect((await ask(workspaceId, 'input', 'c/m'))?.sums).toEqual([1, 4000, 1000])
    expect((await ask(workspaceId, 'input', 'c/m', one))?.sums).toEqual([1, 4000, 1000])
    const { learned } = await tell(one, workspaceId, lesson('input', 'c/m', 0, 0, 0), lesson('input', 'c/n', 0, 0, 0))
    expect(learned.map((each) => each?.sums)).toEqual([[1, 4000, 1000], undefined])
  })

  test('a batch that is told again counts once; each replica counts its own', async () => {
    const workspaceId = randomUUID()
    const batch = { workspaceId, number: 7, lessons: [lesson('error', 'e', 1, 1, 1, 1, 1)], targets: [] }
    await one.exchange(batch)
    expect((await one.exchange(batch)).learned[0]?.sums[0]).toBe(1)
    expect((await other.exchange(batch)).learned[0]?.sums[0]).toBe(2)
    expect((await one.exchange({ ...batch, number: 8 })).learned[0]?.sums[0]).toBe(3)
  })

  test('nothing is lost of what many tell at once', async () => {
    const workspaceId = randomUUID()
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const replica = place.replica()
        for (let each = 1; each <= 4; each++)
          await replica.exchange({
            workspaceId,
            number: each,
            lessons: [lesson('error', 'e', 1, 0.5, 10, 20, 30)],
            targets: [],
          })
      }),
    )
    expect((await ask(workspaceId, 'error', 'e'))?.sums).toEqual([200, 100, 2000, 4000, 6000])
  })

  test('workspaces know nothing of each other', async () => {
    const [workspaceId, stranger] = [randomUUID(), randomUUID()]
    await tell(one, workspaceId, lesson('output', 'r', 1, 10))
    one.announce({ workspaceId, targetKey: 'c/m', holdMs: 30_000 })
    await vi.waitFor(async () => expect(await newsOf(workspaceId, 'c/m')).toBeDefined())
    expect(await ask(stranger, 'output', 'r')).toBeUndefined()
    expect(await newsOf(stranger, 'c/m')).toBeUndefined()
  })

  test('keys are what models are called: any text', async () => {
    const workspaceId = randomUUID()
    const keys = ['c/{other} x', 'c/modèle 😀', 'c/\'"\\\n', 'c/a', 'c/a b', `c/${'x'.repeat(300)}`]
    await tell(one, workspaceId, ...keys.map((key, index) => lesson('input', key, 1, index, index + 1)))
    for (const [index, key] of keys.entries()) {
      expect((await ask(workspaceId, 'input', key))?.sums).toEqual([1, index, index + 1])
      one.announce({ workspaceId, targetKey: key, discovered: { requests: index + 1, tokens: undefined, ageMs: 0 } })
    }
    for (const [index, targetKey] of keys.entries())
      await vi.waitFor(async () =>
        expect(await newsOf(workspaceId, targetKey)).toMatchObject({ targetKey, discovered: { requests: index + 1 } }),
      )
  })

  test('what is announced of a target is heard by others at once, and told to whoever asks later', async () => {
    const workspaceId = randomUUID()
    const discovered = { requests: 500, tokens: 30_000, ageMs: 0 }
    await vi.waitFor(() => {
      one.announce({ workspaceId, targetKey: 'c/m', discovered })
      one.announce({ workspaceId, targetKey: 'c/n', holdMs: 20_000 })
      const heard = news.filter((each) => each.workspaceId === workspaceId)
      expect(heard).toContainEqual({ workspaceId, targetKey: 'c/m', discovered })
      expect(heard).toContainEqual({ workspaceId, targetKey: 'c/n', holdMs: 20_000 })
    })
    const known = await newsOf(workspaceId, 'c/m')
    expect(known).toMatchObject({ workspaceId, targetKey: 'c/m', discovered: { requests: 500, tokens: 30_000 } })
    expect(known?.discovered?.ageMs).toBeGreaterThanOrEqual(0)
    expect(known?.discovered?.ageMs).toBeLessThan(DISCOVERED_MS)
    expect(known).not.toHaveProperty('holdMs')
    const held = await newsOf(workspaceId, 'c/n')
    expect(held?.holdMs).toBeGreaterThan(0)
    expect(held?.holdMs).toBeLessThanOrEqual(20_000)
    expect(held).not.toHaveProperty('discovered')
    one.announce({ workspaceId, targetKey: 'c/m', discovered: { requests: undefined, tokens: 7, ageMs: 0 } })
    await vi.waitFor(async () => {
      expect(await newsOf(workspaceId, 'c/m')).toMatchObject({ discovered: { requests: undefined, tokens: 7 } })
    })
  })

  test('a hold ends with its time, and a shorter one does not end a longer one', async () => {
    const workspaceId = randomUUID()
    one.announce({ workspaceId, targetKey: 'c/m', holdMs: 200 })
    one.announce({ workspaceId, targetKey: 'c/n', holdMs: 30_000 })
    one.announce({ workspaceId, targetKey: 'c/n', holdMs: 100 })
    await vi.waitFor(async () => expect((await newsOf(workspaceId, 'c/n'))?.holdMs).toBeGreaterThan(1000))
    await vi.waitFor(async () => expect(await newsOf(workspaceId, 'c/m')).toBeUndefined(), { timeout: 5000 })
    expect((await newsOf(workspaceId, 'c/n'))?.holdMs).toBeGreaterThan(1000)
  })
}
