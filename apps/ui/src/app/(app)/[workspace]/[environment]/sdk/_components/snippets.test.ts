import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { CLIENTS, type Example, snippet } from './snippets.ts'

const example: Example = {
  address: 'https://ai.example.com/v1',
  resource: 'support-chat',
  apiKey: 'sk-vmx-abc',
  stream: false,
}

describe('snippets', () => {
  for (const { id } of CLIENTS)
    it(`of ${id} hold the address, the resource and the key, streamed or not`, () => {
      for (const stream of [false, true]) {
        const { code } = snippet(id, { ...example, stream })
        expect(code).toContain('https://ai.example.com/v1')
        expect(code).toContain('support-chat')
        expect(code).toContain('sk-vmx-abc')
        expect(code.includes('stream')).toBe(stream)
      }
    })

  it('are the programs that people would write', () => {
    expect(snippet('openai-node', example).code).toBe(`import OpenAI from 'openai'

const openai = new OpenAI({
  baseURL: 'https://ai.example.com/v1',
  apiKey: 'sk-vmx-abc',
})

const completion = await openai.chat.completions.create({
  model: 'support-chat',
  messages: [{ role: 'user', content: 'Hello!' }],
})
console.log(completion.choices[0].message.content)
`)
  })

  it('of curl are words that a shell takes as they are meant, whatever the names hold', () => {
    const words = snippet('curl', { ...example, resource: 'it\'s $(whoami) `x` "y"' }).code
    const seen = execFileSync('sh', [
      '-c',
      `curl() { for word; do printf '%s\\n' "$word"; done; }\n${words}`,
    ]).toString()
    expect(seen.trimEnd().split('\n')).toEqual([
      'https://ai.example.com/v1/chat/completions',
      '-H',
      'authorization: Bearer sk-vmx-abc',
      '-H',
      'content-type: application/json',
      '-d',
      JSON.stringify({ model: 'it\'s $(whoami) `x` "y"', messages: [{ role: 'user', content: 'Hello!' }] }),
    ])
  })

  it('of JavaScript keep what is in a name within its string', () => {
    const resource = 'a\'b"c\\d\ne'
    const { code } = snippet('openai-node', { ...example, resource })
    const literal = /model: ('.*'),/.exec(code)?.[1]
    expect(new Function(`return ${literal}`)()).toBe(resource)
  })
})
