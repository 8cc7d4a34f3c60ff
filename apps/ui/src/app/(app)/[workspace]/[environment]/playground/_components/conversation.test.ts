import { describe, expect, it } from 'vitest'
import { messagesFor, requestParameters, type Turn, withAnswer } from './conversation.ts'

const asked = [{ id: 'a', name: 'A' }]
const turn = (id: number, text: string, answers: Turn['answers']): Turn => ({ id, text, asked, answers })
const complete = (text: string) => ({ state: 'complete', text }) as const

describe('a conversation', () => {
  it('is sent to each resource as that one has had it', () => {
    const turns = [
      turn(1, 'One?', { a: complete('1 from a'), b: complete('1 from b') }),
      turn(2, 'Two?', { a: { state: 'refused', text: '' }, b: { state: 'stopped', text: '2 from' } }),
    ]
    expect(messagesFor('a', turns, '', 'Three?')).toEqual([
      { role: 'user', content: 'One?' },
      { role: 'assistant', content: '1 from a' },
      { role: 'user', content: 'Three?' },
    ])
    expect(messagesFor('b', turns, 'Be brief', 'Three?').map(({ content }) => content)).toEqual([
      'Be brief',
      'One?',
      '1 from b',
      'Two?',
      '2 from',
      'Three?',
    ])
    expect(messagesFor('c', turns, ' ', 'Three?')).toEqual([{ role: 'user', content: 'Three?' }])
  })

  it('keeps what others answered when one answers', () => {
    const turns = [turn(1, 'One?', { a: complete('a') }), turn(2, 'Two?', {})]
    expect(withAnswer(turns, 1, 'b', complete('b'))).toEqual([
      turn(1, 'One?', { a: complete('a'), b: complete('b') }),
      turn(2, 'Two?', {}),
    ])
  })

  it('sends only the parameters that were set, the output limit by the name that its provider knows', () => {
    const parameters = { system: '', maxTokens: null, temperature: null, stream: true }
    expect(requestParameters(parameters, 'openai')).toEqual({})
    expect(requestParameters({ ...parameters, maxTokens: 5, temperature: 0 }, 'openai')).toEqual({
      max_completion_tokens: 5,
      temperature: 0,
    })
    expect(requestParameters({ ...parameters, maxTokens: 5 }, 'mistral')).toEqual({ max_tokens: 5 })
  })
})
