import { describe, expect, it } from 'vitest'
import { readUsage, scanUsage } from './usage.ts'

const scan = (text: string) => scanUsage(Buffer.from(text))

describe('readUsage', () => {
  it('reads counts with what of them was cached and what was spent on reasoning', () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 5,
      prompt_tokens_details: { cached_tokens: 8 },
      completion_tokens_details: { reasoning_tokens: 3 },
    }
    expect(readUsage(usage)).toEqual({ input: 10, cachedInput: 8, output: 5, reasoning: 3, source: 'reported' })
  })

  it('reads the cached count by its other name', () => {
    expect(readUsage({ prompt_tokens: 10, prompt_cache_hit_tokens: 4 })).toMatchObject({ cachedInput: 4 })
  })

  it('counts reasoning into the output, also where the provider reports it apart from the completion', () => {
    const completion_tokens_details = { reasoning_tokens: 3 }
    const counts = { prompt_tokens: 10, completion_tokens_details }
    expect(readUsage({ ...counts, completion_tokens: 5, total_tokens: 15 })).toMatchObject({ output: 5, reasoning: 3 })
    expect(readUsage({ ...counts, completion_tokens: 2, total_tokens: 15 })).toMatchObject({ output: 5, reasoning: 3 })
  })

  it('takes the output from the total where only that is given, as embeddings do', () => {
    expect(readUsage({ prompt_tokens: 10, total_tokens: 10 })).toMatchObject({ input: 10, output: 0 })
  })

  it('takes what no answer can have used for no count', () => {
    expect(readUsage({ prompt_tokens: 1.7e308, completion_tokens: 1e10 })).toBeUndefined()
    expect(readUsage({ prompt_tokens: 10, completion_tokens: 1e10 })).toMatchObject({ input: 10, output: 0 })
  })

  it.each([null, undefined, 'x', [], {}, { prompt_tokens: '7' }, { prompt_tokens: -1 }, { completion_tokens: null }])(
    'sees no counts in %j',
    (value) => {
      expect(readUsage(value)).toBeUndefined()
    },
  )
})

describe('scanUsage', () => {
  it('finds the usage of an answer, wherever it stands and however it is spaced', () => {
    expect(scan('{"choices":[],"usage" : {"prompt_tokens":1,"completion_tokens":2}}')).toMatchObject({
      input: 1,
      output: 2,
    })
    expect(scan('{"usage":{"prompt_tokens":1,"completion_tokens":2},"choices":[]}')).toMatchObject({
      input: 1,
      output: 2,
    })
  })

  it('is not misled by a message that talks of usage', () => {
    const content = JSON.stringify('x "usage":{"prompt_tokens":99,"completion_tokens":99}')
    expect(
      scan(`{"usage":{"prompt_tokens":1,"completion_tokens":2},"choices":[{"content":${content}}]}`),
    ).toMatchObject({ input: 1 })
    expect(scan(`{"choices":[{"content":${content}}]}`)).toBeUndefined()
    expect(scan('{"a":"usage","usage":null}')).toBeUndefined()
  })

  it('reports nothing where the counts are cut or malformed', () => {
    expect(scan('{"usage":{"prompt_tokens":1')).toBeUndefined()
    expect(scan('{"usage":{prompt_tokens}}')).toBeUndefined()
  })

  it('looks no longer at an answer that is made of nothing but usage than at another', () => {
    // Each object would be read to its end: minutes.
    expect(scan(`{${'"usage":{'.repeat(100_000)}${'}'.repeat(100_000)}}`)).toBeUndefined()
    expect(scan(`{${'"usage":{'.repeat(100_000)}`)).toBeUndefined()
    expect(scan(`{"usage":{"prompt_tokens":1},"a":[${'{"usage":{}},'.repeat(50)}0]}`)).toMatchObject({ input: 1 })
  })
})
