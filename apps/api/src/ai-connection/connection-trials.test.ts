import { type ConnectionProbe, UpstreamAddressPolicy } from '@vm-x/gateway'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { systemAuthor } from '../change/author.ts'
import type { Changes } from '../change/changes.ts'
import { ConnectionTrials } from './connection-trials.ts'
import type { ConnectionRow } from './present-connection.ts'

const author = systemAuthor('test')
const context = { workspaceId: uuidv7(), environmentId: uuidv7() }
const trial = { provider: 'demo', config: {}, credentials: null }
const busy = expect.objectContaining({ code: 'unavailable', retryAfterMs: 1000 })

/** Providers that answer when told to. */
function waiting() {
  const answers: PromiseWithResolvers<{ ok: true; latencyMs: number; models: string[] }>[] = []
  const ask = () => {
    const answer = Promise.withResolvers<{ ok: true; latencyMs: number; models: string[] }>()
    answers.push(answer)
    return answer.promise
  }
  const probe: ConnectionProbe = { test: ask, listModels: ask }
  const row = { id: uuidv7(), provider: 'demo', base_url: null, allowed_models: null } as ConnectionRow
  const told: unknown[] = []
  const changes = { run: async (who: unknown) => void told.push(who) } as unknown as Changes
  const trials = new ConnectionTrials(
    { addresses: new UpstreamAddressPolicy(''), probe },
    { row: async () => row },
    changes,
  )
  return {
    trials,
    told,
    answers,
    answer: (index: number) => answers[index]?.resolve({ ok: true, latencyMs: 1, models: [] }),
  }
}

describe('tests of connections', () => {
  it('ask five providers at once in all, and refuse more until one has answered', async () => {
    const { trials, answers, answer } = waiting()
    const fresh = () => trials.testNew(author, context, trial)
    const saved = () => trials.test(author, context, '', undefined)
    const listed = () => trials.models(context, '')
    const begun = [fresh(), fresh(), saved(), saved(), listed()]
    await expect.poll(() => answers.length).toBe(5)
    for (const another of [fresh, saved, listed]) await expect(another()).rejects.toEqual(busy)
    expect(answers).toHaveLength(5)
    answer(0)
    await begun[0]
    const next = fresh()
    await expect.poll(() => answers.length).toBe(6)
    for (const index of answers.keys()) answer(index)
    await Promise.all([...begun, next])
  })

  it('leave room for others when they fail', async () => {
    const { trials, answers } = waiting()
    for (let round = 0; round < 6; round++) {
      const failing = trials.testNew(author, context, trial)
      answers[round]?.reject(new Error('the vault is away'))
      await expect(failing).rejects.toThrow('the vault is away')
    }
  })

  it('are told of by whoever began them, also when they may do nothing more by the time', async () => {
    const { trials, told, answer } = waiting()
    const left = { ...author, requireAllowed: () => Promise.reject(new Error('not any more')) }
    const begun = trials.testNew(left, context, trial)
    answer(0)
    await begun
    expect(told).toEqual([author])
  })
})
