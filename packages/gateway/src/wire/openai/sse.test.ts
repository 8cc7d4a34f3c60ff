import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Usage } from '../../ledger/exchange-record.ts'
import { SseScanner } from './sse.ts'

type Read = { output: string; usage: Usage | undefined; verdict: 'done' | 'error' | 'incomplete'; error?: unknown }

/** What a client is sent and what is known of a stream that arrives in these pieces and then ends. */
function read(chunks: readonly Buffer[], hideUsage = false, choices = 1): Read {
  const scanner = new SseScanner(hideUsage, choices)
  let output = ''
  const take = (scanned: ReturnType<SseScanner['end']>): Read | undefined => {
    if (!scanned) return { output, usage: scanner.usage, verdict: 'incomplete' }
    output += scanned.bytes.toString('latin1')
    if (scanned.kind === 'events') return undefined
    if (scanned.kind === 'done') output += scanned.last.toString('latin1')
    const error = scanned.kind === 'error' ? { error: scanned.error } : {}
    return { output, usage: scanner.usage, verdict: scanned.kind, ...error }
  }
  for (const chunk of chunks) {
    const end = take(scanner.push(chunk))
    if (end) return end
  }
  return take(scanner.end()) ?? { output, usage: scanner.usage, verdict: 'incomplete' }
}

const whole = (text: string, hideUsage = false) => read([Buffer.from(text)], hideUsage)

const delta = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`
const HELLO = delta('Hello')
const FINISH = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
const USAGE = 'data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}\n\n'
const DONE = 'data: [DONE]\n\n'
const COUNTS = { input: 7, cachedInput: 0, output: 3, reasoning: 0, source: 'reported' }

describe('SseScanner', () => {
  it('passes events through byte for byte and ends with [DONE]', () => {
    const text = `: a comment\n\nevent: x\nid: 1\n${HELLO}${FINISH}`
    expect(whole(text + DONE)).toEqual({ output: text + DONE, usage: undefined, verdict: 'done' })
  })

  it('understands CRLF line ends and data without a space after the colon', () => {
    const text = `${HELLO}${FINISH}${USAGE}${DONE}`.replaceAll('\n\n', '\r\n\r\n').replaceAll('data: ', 'data:')
    expect(whole(text)).toEqual({ output: text, usage: COUNTS, verdict: 'done' })
  })

  it('keeps the usage event for a client that asked for it', () => {
    expect(whole(FINISH + USAGE + DONE).output).toBe(FINISH + USAGE + DONE)
  })

  it('hides the usage event from a client that did not ask, and still reads it', () => {
    expect(whole(FINISH + USAGE + DONE, true)).toEqual({ output: FINISH + DONE, usage: COUNTS, verdict: 'done' })
  })

  it('never hides an event that carries choices besides usage', () => {
    const both = 'data: {"choices":[{"delta":{"content":"x"}}],"usage":{"prompt_tokens":7,"completion_tokens":3}}\n\n'
    expect(whole(both + DONE, true)).toEqual({ output: both + DONE, usage: COUNTS, verdict: 'done' })
  })

  it('takes the last counts where a provider repeats them', () => {
    expect(whole(`${USAGE.replace('3', '1')}${USAGE}${DONE}`).usage).toEqual(COUNTS)
  })

  it('passes events with an empty usage on unread', () => {
    const text = 'data: {"choices":[{"delta":{"content":"x"}}],"usage":null}\n\n'
    expect(whole(text + DONE, true)).toEqual({ output: text + DONE, usage: undefined, verdict: 'done' })
  })

  it.each(['[DONE]', 'data: [DONE]\n\n', '"usage":{"prompt_tokens":1}', '{"error":"x"}', '"finish_reason":"stop"'])(
    'takes %j inside a message for the text that it is',
    (content) => {
      const text = delta(content)
      expect(whole(text, true)).toEqual({ output: text, usage: undefined, verdict: 'incomplete' })
    },
  )

  it('adds [DONE] where a provider ends without it after its finish reason', () => {
    expect(whole(HELLO + FINISH)).toMatchObject({ output: HELLO + FINISH + DONE, verdict: 'done' })
  })

  it('reports an answer that was cut before its finish reason as incomplete', () => {
    expect(whole(HELLO + HELLO)).toMatchObject({ output: HELLO + HELLO, verdict: 'incomplete' })
    expect(whole('').verdict).toBe('incomplete')
  })

  it('waits for the finish reason of every choice that was asked for', () => {
    const choices = (count: number) => read([Buffer.from(HELLO + FINISH)], false, count).verdict
    expect([choices(1), choices(2)]).toEqual(['done', 'incomplete'])
    const other = FINISH.replace('"index":0', '"index":1')
    expect(read([Buffer.from(HELLO + FINISH + other)], false, 2).verdict).toBe('done')
    expect(read([Buffer.from(HELLO + FINISH + FINISH)], false, 2).verdict).toBe('incomplete')
  })

  it.each([
    '{"choices":[{"ind',
    '{"choices":[{"delta":{}',
    '{"a":"}',
    '{"a":"\\"}',
    '{"a":1}}',
    '{"a":1} x',
    '{not json}',
    '{"a":undefined}',
    'not json',
    '"text"',
    '[1]',
    '{"usage":{}',
    '',
  ])('leaves out the malformed event %j and goes on', (data) => {
    const scanner = new SseScanner(false)
    const scanned = scanner.push(Buffer.from(`${HELLO}data: ${data}\n\n${HELLO}`))
    expect([scanned.kind, scanned.bytes.toString()]).toEqual(['events', HELLO + HELLO])
    expect([scanner.malformedEvents, scanner.dataEvents]).toEqual([1, 2])
    expect(scanner.push(Buffer.from(`data: ${data}\n\n`)).bytes).toHaveLength(0)
  })

  it.each([
    '{"choices":[{"delta":{"content":"{[\\"}"}}]}',
    '{}',
    '{ "a" : -1.5e+3 , "b" : [ true , null ] }',
    '{"a":"\\\\"}',
  ])('passes the event %j on', (data) => {
    expect(whole(`data: ${data}\n\n${DONE}`).output).toBe(`data: ${data}\n\n${DONE}`)
  })

  it('leaves out any number of them in one piece', () => {
    const scanner = new SseScanner(false)
    const good = 'data: {"a":1}\n\n'
    // With a copy for each of them it would take far too long.
    const scanned = scanner.push(Buffer.from(`data: x\n\n${good}`.repeat(100_000)))
    expect(scanned.bytes.equals(Buffer.from(good.repeat(100_000)))).toBe(true)
    expect([scanner.malformedEvents, scanner.dataEvents]).toEqual([100_000, 100_000])
  })

  it('knows any event that was cut for malformed', () => {
    const data = '{"choices":[{"delta":{"content":"a}\\"]"}}],"usage":{"prompt_tokens":1}}'
    for (let end = 0; end < data.length; end++) {
      expect(whole(`data: ${data.slice(0, end)}\n\n${DONE}`).output, data.slice(0, end)).toBe(DONE)
    }
  })

  it('stops at an error at the top of an event only, and counts no error as an event', () => {
    const scanner = new SseScanner(false)
    expect(scanner.push(Buffer.from(': hi\n\ndata: {"error":{"code":429}}\n\n'))).toMatchObject({
      kind: 'error',
      error: { code: 429 },
    })
    expect(scanner.dataEvents).toBe(0)
  })

  it('says when nothing but [DONE] can follow', () => {
    const scanner = new SseScanner(true, 1)
    for (const [text, exhausted] of [
      [HELLO, false],
      [FINISH, false],
      [USAGE, true],
    ] as const) {
      scanner.push(Buffer.from(text))
      expect(scanner.exhausted).toBe(exhausted)
    }
  })

  it('counts events with text, not pieces, comments, roles or what is malformed', () => {
    const role = 'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n'
    const call = 'data: {"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"{\\"a"}}]}}]}\n\n'
    const scanner = new SseScanner(false)
    scanner.push(Buffer.from(`: hello\n\n${role}${HELLO}${call}`))
    scanner.push(Buffer.from(HELLO.slice(0, 9)))
    scanner.push(Buffer.from(HELLO.slice(9)))
    scanner.push(Buffer.from(`${HELLO}data: {\n\n${FINISH}${DONE}`))
    expect(scanner.contentEvents).toBe(4)
  })

  it('does not take an empty finish reason for the end of an answer', () => {
    expect(whole('data: {"choices":[{"delta":{"content":"x"},"finish_reason":""}]}\n\n').verdict).toBe('incomplete')
  })

  it('never completes an answer with an event that was cut in its middle', () => {
    expect(whole(HELLO + FINISH.slice(0, -5))).toMatchObject({ output: HELLO, verdict: 'incomplete' })
    expect(whole(HELLO + FINISH + USAGE.slice(0, -5))).toMatchObject({ output: HELLO + FINISH + DONE, verdict: 'done' })
  })

  it('takes a last event without its blank line', () => {
    expect(whole(FINISH + USAGE + DONE.trimEnd())).toMatchObject({ output: FINISH + USAGE + DONE, verdict: 'done' })
    expect(whole(HELLO + FINISH.trimEnd())).toMatchObject({ verdict: 'done' })
  })

  it('sends nothing that comes after [DONE]', () => {
    expect(whole(FINISH + DONE + HELLO).output).toBe(FINISH + DONE)
  })

  it('stops at an error event and gives its content', () => {
    const error = { message: 'overloaded', code: 503 }
    const event = `data: ${JSON.stringify({ error })}\n\n`
    expect(whole(HELLO + event + HELLO)).toEqual({ output: HELLO, usage: undefined, verdict: 'error', error })
  })

  it('stops at an error event that also has choices', () => {
    const event =
      'data: {"error":{"code":502},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}\n\n'
    expect(whole(HELLO + event)).toMatchObject({ output: HELLO, verdict: 'error' })
  })

  it('does not stop at an error that is null or belongs to something nested', () => {
    const text = 'data: {"error":null,"choices":[{"delta":{"error":{"a":1}}}]}\n\n'
    expect(whole(text + DONE).output).toBe(text + DONE)
  })

  it('passes on what has no data: comments, other fields, empty lines', () => {
    const text = ': hi\n\nevent: ping\n\n\n\nretry: 1\n\n'
    expect(whole(text + FINISH + DONE).output).toBe(text + FINISH + DONE)
  })

  it('says how much it holds back', () => {
    const scanner = new SseScanner(false)
    expect(scanner.push(Buffer.from(`${HELLO}data: {`))).toEqual({ kind: 'events', bytes: Buffer.from(HELLO) })
    expect(scanner.pendingBytes).toBe(7)
  })

  it('gives the same output, usage and verdict wherever the bytes are split', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat(), { maxLength: 20 }), fc.boolean(), (bytes, cuts, hideUsage) => {
        expect(read(split(bytes, cuts), hideUsage)).toEqual(read([bytes], hideUsage))
      }),
      { numRuns: 2000 },
    )
  })

  it('gives the same when every byte comes alone', () => {
    const bytes = Buffer.from(`: hi\n\n${delta('äöü 😀 [DONE]')}${FINISH}${USAGE}${DONE}`)
    for (const ends of ['\n', '\r\n']) {
      const stream = Buffer.from(bytes.toString().replaceAll('\n', ends))
      expect(read([...stream].map((byte) => Buffer.from([byte])))).toEqual(read([stream]))
    }
  })
})

const split = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end))
}

const tricky = fc.constantFrom(
  'ü',
  '😀',
  '[DONE]',
  '"usage":{',
  '"error"',
  '\\',
  '"',
  '\n\n',
  'data: [DONE]',
  '\r\n\r\n',
  'x',
  '"finish_reason":"stop"',
)
const event = fc.oneof(
  { weight: 4, arbitrary: fc.array(tricky, { maxLength: 4 }).map((parts) => delta(parts.join(''))) },
  fc.constantFrom(
    FINISH,
    USAGE,
    DONE,
    ': keep-alive\n\n',
    'event: ping\ndata: {}\n\n',
    'data: {"error":{"message":"no"}}\n\n',
    'data: {"usage":null,"choices":[]}\n\n',
    'data: {"usage":{broken\n\n',
    'data: {"choices":[],\ndata: "usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n',
  ),
)
/** Streams of any events, with either line end, sometimes cut short. */
const streams = fc
  .tuple(
    fc.array(fc.tuple(event, fc.boolean(), fc.boolean()), { maxLength: 8 }),
    fc.option(fc.nat(), { nil: undefined }),
  )
  .map(([events, cut]) => {
    const text = events.map(([each, crlf, bare]) => {
      const spaced = bare ? each.replaceAll('data: {', 'data:{') : each
      return crlf ? spaced.replaceAll('\n', '\r\n') : spaced
    })
    const bytes = Buffer.from(text.join(''))
    return cut === undefined ? bytes : bytes.subarray(0, cut % (bytes.length + 1))
  })
