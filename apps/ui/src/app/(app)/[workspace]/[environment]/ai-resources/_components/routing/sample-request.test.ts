import { expect, it } from 'vitest'
import { bodyOf, FIRST_SAMPLE, fillerOf, recordOf, refitted, sampleOfRecord } from './sample-request.ts'

it('sends only what the form says', () => {
  expect(bodyOf(FIRST_SAMPLE)).toEqual({ messages: [{ role: 'user', content: 'What is the capital of France?' }] })
  const metadata = [
    { name: 'team', value: 'a' },
    { name: ' ', value: 'b' },
  ]
  expect(bodyOf({ ...FIRST_SAMPLE, stream: true, maxTokens: '5', user: 'u', metadata })).toMatchObject({
    stream: true,
    max_completion_tokens: 5,
    user: 'u',
    vmx: { metadata: { team: 'a' } },
  })
  expect(recordOf(metadata)).toEqual({ team: 'a' })
})

it('takes JSON as it is written, and refuses what is no object', () => {
  expect(bodyOf({ ...FIRST_SAMPLE, json: '{"messages":[]}' })).toEqual({ messages: [] })
  for (const json of ['[]', '1', 'null', '{']) expect(() => bodyOf({ ...FIRST_SAMPLE, json })).toThrow(SyntaxError)
})

it('fills a sample with what the record of an exchange holds', () => {
  const sample = sampleOfRecord({ stream: true, user: 'u', metadata: { a: 'b' }, estimate: { input: 100, output: 1 } })
  expect(sample).toMatchObject({ stream: true, user: 'u', metadata: [{ name: 'a', value: 'b' }], apiKeyId: '' })
  expect(JSON.stringify({ messages: sample.messages }).length).toBeCloseTo(400, -1)
  expect(sampleOfRecord({ stream: false })).toMatchObject({ user: '', metadata: [] })
})

it('fits filler to what it was estimated as, but never a text of a person', () => {
  const sample = { ...FIRST_SAMPLE, messages: [{ role: 'user', content: fillerOf(1000) } as const] }
  const fitted = refitted(sample, 500, 1000)
  expect(JSON.stringify({ messages: fitted?.messages }).length).toBeCloseTo(8000, -2)
  expect(refitted(sample, 990, 1000)).toBeUndefined()
  expect(refitted(FIRST_SAMPLE, 500, 1000)).toBeUndefined()
})
