import { describe, expect, it } from 'vitest'
import { compileTarget, type Target } from '../catalog/snapshot.ts'
import { GatewayError } from '../errors.ts'
import type { Usage } from '../ledger/exchange-record.ts'
import { connectionEntry, NO_LIMITS } from '../testing/catalog-double.ts'
import { DrivenClock } from '../testing/driven-clock.ts'
import type { RequestSize } from '../wire/openai/tokens.ts'
import { ceilingTokens, Estimates } from './estimates.ts'

const targetOf = (maxOutputTokens: number | null = null, model = 'm'): Target =>
  compileTarget(
    {
      ...connectionEntry('c', { models: { [model]: { contextTokens: null, maxOutputTokens, limits: NO_LIMITS } } }),
      workspaceId: 'w',
      environmentId: 'e',
    },
    model,
  )
const size = (more: Partial<RequestSize> = {}): RequestSize => ({
  textBytes: 4000,
  otherTokens: 0,
  outputLimit: undefined,
  choices: 1,
  ...more,
})
const usage = (input: number, output: number): Usage => ({
  input,
  output,
  cachedInput: 0,
  reasoning: 0,
  source: 'reported',
})
const answerOf = (estimates: Estimates, target: Target, request: RequestSize) => {
  const estimate = estimates.expect(target, 'r', request)
  return { target, outputKey: 'r', size: request, estimate, reservedTokens: 2000 }
}
const learn = (estimates: Estimates, times: number, reported: Usage, request = size(), target = targetOf()) => {
  for (let each = 0; each < times; each++) estimates.learn({ ...answerOf(estimates, target, request), reported })
}

describe('Estimates', () => {
  it("learns a target's bytes per token from what it reports, and follows a change", () => {
    const estimates = new Estimates(new DrivenClock())
    expect(estimates.expectedInput(targetOf(), size())).toBe(1000)
    learn(estimates, 1, usage(2000, 1))
    expect(estimates.expectedInput(targetOf(), size())).toBe(2000)
    expect(estimates.expectedInput(targetOf(null, 'other'), size())).toBe(1000)
    learn(estimates, 200, usage(500, 1))
    expect(estimates.expectedInput(targetOf(), size())).toBeCloseTo(500, -1)
  })

  it('does not take the tokens of images for those of text', () => {
    const estimates = new Estimates(new DrivenClock())
    const request = size({ otherTokens: 765 })
    learn(estimates, 1, usage(1765, 1), request)
    expect(estimates.expectedInput(targetOf(), size())).toBe(1000)
    learn(estimates, 1, usage(500, 1), request)
    expect(estimates.expectedInput(targetOf(), request), 'a report that makes no sense teaches nothing').toBe(1765)
  })

  it('never learns that a byte of text is more than a token, whatever is reported, and forgets what made no sense', () => {
    const estimates = new Estimates(new DrivenClock())
    learn(estimates, 1, usage(1e9, 1))
    expect(estimates.expectedInput(targetOf(), size())).toBe(4000)
    learn(estimates, 200, usage(1000, 1))
    expect(estimates.expectedInput(targetOf(), size())).toBeCloseTo(1000, -1)
  })

  it('believes others no more than a token a byte', () => {
    const estimates = new Estimates(new DrivenClock())
    estimates.inputs.learn('w', 'c/m', { ageMs: 0, sums: [20, 1000, 1e9] }, 0)
    expect(estimates.expectedInput(targetOf(), size())).toBe(4000)
  })

  it('learns nothing of text from requests with files, images or audio', () => {
    const estimates = new Estimates(new DrivenClock())
    const file = size({ textBytes: 120, otherTokens: 2000, guessedPart: 'messages[0].content[0]' })
    learn(estimates, 20, usage(120_000, 1), file)
    learn(estimates, 20, usage(2010, 1), file)
    expect(estimates.expectedInput(targetOf(), size())).toBe(1000)
  })

  it('learns as much of a long text as of one of 64 KiB, so that none counts for all the others', () => {
    const estimates = new Estimates(new DrivenClock())
    const long = size({ textBytes: 65_536 })
    learn(estimates, 19, usage(16_384, 1), long)
    learn(estimates, 1, usage(10_000_000, 1), size({ textBytes: 10_000_000 }))
    expect(estimates.expectedInput(targetOf(), long)).toBe(Math.ceil((16_384 * 19 + 65_536) / 20))
  })

  it('learns of one answer at most ten times what is usual, and a lasting change all the same', () => {
    const estimates = new Estimates(new DrivenClock())
    learn(estimates, 19, usage(1000, 1000))
    learn(estimates, 1, usage(1000, 1e9))
    expect(estimates.expect(targetOf(), 'r', size()).output).toBe((19 * 1000 + 10_000) / 20)
    learn(estimates, 20, usage(1000, 1e9), size({ outputLimit: 100 }))
    expect(estimates.expect(targetOf(), 'r', size()).output, 'nor more than it can have been').toBeLessThan(1000)
    const other = new Estimates(new DrivenClock())
    learn(other, 100, usage(1000, 200_000))
    expect(other.expect(targetOf(), 'r', size()).output).toBeGreaterThan(195_000)
  })

  it('knows what would be expected if nothing had been learned', () => {
    const estimates = new Estimates(new DrivenClock())
    learn(estimates, 20, usage(4000, 2000))
    const larger = estimates.expect(targetOf(), 'r', size({ otherTokens: 7 }))
    expect(larger).toMatchObject({ input: 4007, output: 2000, least: 1007 + 512 })
    learn(estimates, 200, usage(500, 10))
    expect(estimates.expect(targetOf(), 'r', size()).least).toBeLessThan(530)
  })

  it('reserves the longest answer until ten are known, but expects a usual one', () => {
    const estimates = new Estimates(new DrivenClock())
    expect(estimates.expect(targetOf(), 'r', size())).toMatchObject({ output: 512, reservedOutput: 512 })
    expect(estimates.expect(targetOf(8000), 'r', size())).toMatchObject({ output: 512, reservedOutput: 8000 })
    const bounded = size({ outputLimit: 100 })
    expect(estimates.expect(targetOf(8000), 'r', bounded)).toMatchObject({ output: 100, reservedOutput: 100 })
    learn(estimates, 9, usage(1000, 40))
    expect(estimates.expect(targetOf(8000), 'r', size()).reservedOutput).toBe(8000)
    learn(estimates, 1, usage(1000, 40))
    expect(estimates.expect(targetOf(8000), 'r', size())).toMatchObject({ output: 40, reservedOutput: 40 })
  })

  it("expects the resource's mean output, at most the request's own bound, for each choice", () => {
    const estimates = new Estimates(new DrivenClock())
    learn(estimates, 10, usage(1000, 600), size({ choices: 2 }))
    expect(estimates.expect(targetOf(), 'r', size()).output).toBe(300)
    expect(estimates.expect(targetOf(), 'r', size({ choices: 3 })).output).toBe(900)
    expect(estimates.expect(targetOf(), 'r', size({ outputLimit: 10, choices: 3 })).output).toBe(30)
    expect(estimates.expect(targetOf(), 'another', size()).output).toBe(512)
  })

  it('learns no output from embeddings', () => {
    const estimates = new Estimates(new DrivenClock())
    learn(estimates, 20, usage(1000, 0), size({ outputLimit: 0 }))
    expect(estimates.expect(targetOf(), 'r', size()).output).toBe(512)
    expect(estimates.expect(targetOf(), 'r', size({ outputLimit: 0 })).output).toBe(0)
  })

  it('knows how far it was off, by target, resource and environment, and in all', () => {
    const clock = new DrivenClock()
    const estimates = new Estimates(clock)
    const { errors } = estimates
    const sinceMs = clock.now()
    expect(errors.ofThisProcess()).toBeUndefined()
    learn(estimates, 1, usage(1000, 1016))
    clock.advance(1000)
    learn(estimates, 1, usage(1000, 512), size(), targetOf(null, 'other'))
    const first = { answers: 1, meanError: 0.25, expectedTokens: 1512, reservedTokens: 2000, reportedTokens: 2016 }
    const both = { answers: 2, meanError: 0.125, expectedTokens: 3024, reservedTokens: 4000, reportedTokens: 3528 }
    expect(errors.of('c/m')).toEqual({ ...first, sinceMs })
    expect(errors.of('c/other')).toMatchObject({ answers: 1, meanError: 0, sinceMs: sinceMs + 1000 })
    for (const all of [errors.of('r'), errors.of('e'), errors.ofThisProcess()])
      expect(all).toEqual({ ...both, sinceMs })
    expect(errors.of('c/third')).toBeUndefined()
  })

  it('remembers a bounded number of models, whose names clients choose', () => {
    const estimates = new Estimates(new DrivenClock())
    learn(estimates, 1, usage(3000, 1))
    for (let each = 0; each <= 10_000; each++)
      learn(estimates, 1, usage(2000, 1), size(), { ...targetOf(), key: `c/${each}`, invented: true })
    expect(estimates.expectedInput(targetOf(null, '0'), size())).toBe(1000)
    expect(estimates.expectedInput(targetOf(), size()), 'none that is configured makes room').toBe(3000)
    expect(estimates.expectedInput(targetOf(null, '10000'), size())).toBe(2000)
  })
})

describe('ceilingTokens', () => {
  it('is a token for each byte, and the longest answer of each choice', () => {
    const most = ceilingTokens(targetOf(), size({ outputLimit: 100, choices: 2, otherTokens: 765 }))
    expect(most).toBe(4000 + 765 + 64 + 200)
    expect(ceilingTokens(targetOf(8000), size())).toBe(4000 + 64 + 8000)
  })

  it('has none where a part is not text, and names it', () => {
    const file = size({ outputLimit: 100, otherTokens: 2000, guessedPart: 'messages[0].content[1]' })
    expect(() => ceilingTokens(targetOf(), file)).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', param: 'messages[0].content[1]' }),
    )
    expect(() => ceilingTokens(targetOf(), file)).toThrow(/'messages\[0\]\.content\[1\]' has no bound/)
  })

  it('has none where neither the request nor the model bounds the answer, and says what to set', () => {
    expect(() => ceilingTokens(targetOf(), size())).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', param: 'max_tokens' }),
    )
    expect(() => ceilingTokens(targetOf(), size())).toThrow(GatewayError)
    expect(() => ceilingTokens(targetOf(), size())).toThrow(/'max_tokens'.*'maxOutputTokens'/)
  })
})
