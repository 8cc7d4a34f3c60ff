import { describe, expect, it } from 'vitest'
import { serverSentEvents } from './server-sent-events.ts'

const STREAM = [': a comment', 'event: message', 'data: {"a":1}', '', 'data: first', 'data:  second', 'id: 7', '', '']

describe('server-sent events', () => {
  for (const [name, end] of [
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['CR', '\r'],
  ] as const)
    it(`come out alike wherever the stream is cut, with lines that end with ${name}`, () => {
      const text = `${STREAM.join(end)}data: last${end}${end}data: [DONE]${end}${end}\n`
      const expected = ['{"a":1}', 'first\n second', 'last', '[DONE]']
      for (let cut = 0; cut <= text.length; cut += 1) {
        const push = serverSentEvents()
        expect([...push(text.slice(0, cut)), ...push(text.slice(cut))]).toEqual(expected)
      }
      const push = serverSentEvents()
      expect([...text].flatMap((character) => push(character))).toEqual(expected)
    })

  it('are not told before the blank line that ends them', () => {
    const push = serverSentEvents()
    expect(push('data: {"a":')).toEqual([])
    expect(push('1}\n')).toEqual([])
    expect(push('\n')).toEqual(['{"a":1}'])
  })

  it('are no events without data, or with other fields that begin alike', () => {
    expect(serverSentEvents()('event: ping\n\ndatabase: x\n\n: data: y\n\n')).toEqual([])
  })
})
