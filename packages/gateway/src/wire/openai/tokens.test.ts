import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estimateOutputTokens, measureRequest } from './tokens.ts'

const chat = (parts: unknown[]) => ({ messages: [{ role: 'user', content: parts }] })
const measured = (operation: 'chat' | 'completion' | 'embedding', fields: Record<string, unknown>) => {
  const bytes = Buffer.byteLength(JSON.stringify(fields))
  return { bytes, ...measureRequest(operation, bytes, fields) }
}

describe('measureRequest', () => {
  it('takes the whole body for text where there is nothing else', () => {
    expect(measureRequest('chat', 401, {})).toEqual({
      textBytes: 401,
      otherTokens: 0,
      outputLimit: undefined,
      choices: 1,
    })
  })

  it('does not take the data of images, audio and files for text, but counts each as tokens', () => {
    const data = 'A'.repeat(100_000)
    const fields = chat([
      { type: 'text', text: 'what is this?' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${data}`, detail: 'low' } },
      { type: 'input_audio', input_audio: { data, format: 'wav' } },
      { type: 'file', file: { file_data: data, filename: 'a.pdf' } },
    ])
    const { textBytes, otherTokens } = measured('chat', fields)
    expect(textBytes).toBeLessThan(600)
    expect(otherTokens).toBe(765 + 85 + 600 + 2000)
  })

  it('never takes less for text than there is, whatever is in the data', () => {
    const url = 'data:image/png;base64,äöü☃😀/\\"\n'
    const { bytes, textBytes } = measured('chat', chat([{ type: 'image_url', image_url: { url } }]))
    expect(textBytes).toBeGreaterThanOrEqual(bytes - Buffer.byteLength(JSON.stringify(url)))
  })

  it('counts prompts and inputs that are tokens one by one', () => {
    expect(measured('embedding', { input: [1, 22, 333, 4444, 55_555] })).toMatchObject({
      otherTokens: 5,
      textBytes: 11,
    })
    expect(measured('completion', { prompt: [[1, 2], [3]] })).toMatchObject({ otherTokens: 3, choices: 2 })
    expect(measured('embedding', { input: ['a', 'b'] }).otherTokens).toBe(0)
  })

  it('never takes a token for more bytes than it may have been written with', () => {
    for (const [text, id] of [
      ['1e5', 1e5],
      ['1e3', 1e3],
      ['12345', 12345],
      ['0', 0],
      ['-1', -1],
    ] as const) {
      const body = `{"input":[${text}]}`
      const { textBytes } = measureRequest('embedding', body.length, { input: [id] })
      expect(textBytes, text).toBeGreaterThanOrEqual('{"input":]}'.length - 1)
    }
  })

  it('names the first part that is not text, whatever the part is called', () => {
    const text = { type: 'text', text: 'hello' }
    const named = (...content: unknown[]) => measured('chat', chat(content)).guessedPart
    expect(named(text, { type: 'refusal', refusal: 'no' }, 'hello')).toBeUndefined()
    for (const part of [
      { type: 'file', file: { file_id: 'file-1' } },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
      { type: 'video_url', video_url: { url: 'https://example.com/a.mp4' } },
      { image_url: 'https://example.com/a.png' },
    ])
      expect(named(text, part, part), JSON.stringify(part)).toBe('messages[0].content[1]')
    const spoken = {
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', audio: { id: 'audio_1' } },
      ],
    }
    expect(measured('chat', spoken).guessedPart).toBe('messages[1].audio')
    expect(measured('chat', { messages: [{ role: 'user', content: 'hi' }] }).guessedPart).toBeUndefined()
    expect(measured('embedding', { input: [1, 2] }).guessedPart, 'tokens are counted, not guessed').toBeUndefined()
  })

  it('names tools of the provider itself, whose findings are added to the input', () => {
    const own = [{ type: 'function', function: {} }, { type: 'custom', custom: {} }, {}]
    expect(measureRequest('chat', 400, { tools: own }).guessedPart).toBeUndefined()
    expect(measureRequest('chat', 400, { tools: [...own, { type: 'web_search' }] }).guessedPart).toBe('tools[3]')
    expect(measureRequest('chat', 400, { web_search_options: {} }).guessedPart).toBe('web_search_options')
  })

  it('takes what comes with the messages for text: tools, functions and the form of the answer', () => {
    const said = { messages: [{ role: 'user', content: 'hi' }] }
    const long = { description: 'x'.repeat(1000) }
    const more = { tools: [long], functions: [long], response_format: long, prediction: long }
    expect(measured('chat', { ...said, ...more }).textBytes - measured('chat', said).textBytes).toBeGreaterThan(4000)
  })

  it('knows the bound of the answer by either name, and takes the larger: a provider may know only one', () => {
    expect(measureRequest('chat', 4, { max_tokens: 100 }).outputLimit).toBe(100)
    expect(measureRequest('chat', 4, { max_tokens: 100, max_completion_tokens: 50 }).outputLimit).toBe(100)
    expect(measureRequest('chat', 4, { max_tokens: 50, max_completion_tokens: 100 }).outputLimit).toBe(100)
    expect(measureRequest('chat', 4, { max_tokens: 100, max_completion_tokens: null }).outputLimit).toBe(100)
  })

  it('ignores bounds that are no positive numbers, and keeps the largest finite', () => {
    for (const max_tokens of [0, -1, '9', null, Number.NaN, {}])
      expect(measureRequest('chat', 4, { max_tokens }).outputLimit).toBeUndefined()
    expect(measureRequest('chat', 4, { max_tokens: 1e308 }).outputLimit).toBe(1e9)
  })

  it('counts answers: `n` of them, for each prompt, and the ones that only compete', () => {
    expect(measureRequest('chat', 4, { n: 3 }).choices).toBe(3)
    expect(measureRequest('chat', 4, { n: 1e9 }).choices, 'OpenAI allows 128, but others more').toBe(16_384)
    expect(measureRequest('chat', 4, { n: 3, best_of: 9 }).choices).toBe(3)
    expect(measureRequest('completion', 4, { n: 2, best_of: 5, prompt: ['a', 'b'] }).choices).toBe(10)
    expect(measureRequest('completion', 4, { prompt: [1, 2, 3] }).choices).toBe(1)
    expect(measureRequest('completion', 4, { prompt: [] }).choices).toBe(1)
  })

  it('expects no output of an embedding', () => {
    expect(measureRequest('embedding', 40, { max_tokens: 7, n: 9 })).toMatchObject({ outputLimit: 0, choices: 1 })
  })

  it('takes any fields without throwing, and answers numbers that make sense', () => {
    const part = fc.record(
      {
        type: fc.constantFrom('image_url', 'input_audio', 'file', 'text'),
        image_url: fc.anything(),
        input_audio: fc.anything(),
        file: fc.anything(),
      },
      { requiredKeys: [] },
    )
    const messages = fc.oneof(
      fc.anything(),
      fc.array(fc.oneof(fc.anything(), fc.record({ content: fc.array(fc.oneof(fc.anything(), part)) }))),
    )
    const any = fc.anything()
    const fields = fc.record({ messages, prompt: any, input: any, n: any, best_of: any, max_tokens: any })
    fc.assert(
      fc.property(
        fc.constantFrom('chat', 'completion', 'embedding'),
        fc.nat(10_000),
        fields,
        (operation, bytes, body) => {
          const { textBytes, otherTokens, outputLimit = 1, choices } = measureRequest(operation, bytes, body)
          for (const number of [textBytes, otherTokens, outputLimit, choices]) {
            expect(Number.isSafeInteger(number)).toBe(true)
            expect(number).toBeGreaterThanOrEqual(0)
          }
          expect(textBytes).toBeLessThanOrEqual(bytes)
          expect(choices).toBeGreaterThanOrEqual(1)
        },
      ),
    )
  })
})

describe('estimateOutputTokens', () => {
  it('takes four bytes of an answer for a token', () => {
    expect(estimateOutputTokens(9)).toBe(3)
  })
})
