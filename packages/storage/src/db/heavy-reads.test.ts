import { expect, test } from 'vitest'
import { HeavyReads } from './heavy-reads.ts'

/** Reads that end when they are told to; `begun` names those that have begun. */
function place(limits: { atOnce: number; waiting: number }) {
  const reads = new HeavyReads(limits)
  const begun: string[] = []
  const ask = (name: string, options?: { patient: boolean }) => {
    const ended = Promise.withResolvers<string>()
    const result = reads.run(() => {
      begun.push(name)
      return ended.promise
    }, options)
    result.catch(() => {})
    return { result, end: () => ended.resolve(name), fail: (error: Error) => ended.reject(error) }
  }
  return { begun, ask }
}

test('few run at once, others in the order in which they came, and all have their results', async () => {
  const { begun, ask } = place({ atOnce: 2, waiting: 2 })
  const asked = ['a', 'b', 'c', 'd'].map((name) => ask(name))
  await expect.poll(() => begun).toEqual(['a', 'b'])
  asked[1]?.end()
  await asked[1]?.result
  await expect.poll(() => begun).toEqual(['a', 'b', 'c'])
  for (const { end } of asked) end()
  expect(await Promise.all(asked.map(({ result }) => result))).toEqual(['a', 'b', 'c', 'd'])
})

test('what finds too many waiting is refused at once, save for what is patient', async () => {
  const { begun, ask } = place({ atOnce: 1, waiting: 1 })
  const [first, second] = [ask('a'), ask('b')]
  await expect(ask('c').result).rejects.toMatchObject({ name: 'ReadRefused', reason: 'busy' })
  const patient = ask('d', { patient: true })
  for (const { end } of [first, second, patient]) end()
  expect(await patient.result).toBe('d')
  expect(begun).toEqual(['a', 'b', 'd'])
})

test('a read that fails gives its turn on, and its error', async () => {
  const { ask } = place({ atOnce: 1, waiting: 1 })
  const [failing, next] = [ask('a'), ask('b')]
  const error = new Error('The database has gone')
  failing.fail(error)
  next.end()
  await expect(failing.result).rejects.toBe(error)
  expect(await next.result).toBe('b')
})

test('turns that have ended are free again: none is lost', async () => {
  const { ask } = place({ atOnce: 1, waiting: 0 })
  for (const name of ['a', 'b', 'c']) {
    const { result, end } = ask(name)
    end()
    expect(await result).toBe(name)
  }
})
