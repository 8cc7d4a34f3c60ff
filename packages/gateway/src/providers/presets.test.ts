import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { presets } from './presets.ts'

const rows = [...presets.values()]
const fixtures = new URL('./__fixtures__/', import.meta.url)

const tokens = z.strictObject({ input: z.int(), cachedInput: z.int(), output: z.int(), reasoning: z.int() })
const fixture = z.strictObject({
  source: z.string().min(1),
  json: z.strictObject({
    request: z.strictObject({ path: z.string().startsWith('/'), credentialHeader: z.string() }),
    body: z.string(),
    usage: tokens,
  }),
  stream: z.strictObject({
    chunks: z.array(z.string().min(1)).min(1),
    expected: z.strictObject({ usage: tokens, complete: z.boolean() }),
  }),
  error: z.strictObject({
    status: z.int().min(400),
    body: z.string(),
    expectedCode: z.string(),
    providerCode: z.string().nullable(),
  }),
})

describe('the provider table', () => {
  test('has each of its rows once, under its own id', () => {
    const source = readFileSync(new URL('./presets.ts', import.meta.url), 'utf8')
    expect(source.match(/^ {4}id: '/gm)).toHaveLength(presets.size)
    for (const [id, { id: own }] of presets) expect(own).toBe(id)
  })

  test('names every provider that connections may be made for', () => {
    expect([...presets.keys()]).toEqual([
      'openai',
      'azure-openai',
      'groq',
      'gemini',
      'mistral',
      'deepseek',
      'xai',
      'openrouter',
      'together',
      'fireworks',
      'cerebras',
      'perplexity',
      'ollama',
      'vllm',
      'openai-compatible',
      'demo',
    ])
  })

  test('takes the keys of hosted providers from the variables that are named after them', () => {
    const variables = rows.flatMap(({ environment }) => environment ?? [])
    expect(variables.map(({ apiKey }) => apiKey)).toEqual([
      'OPENAI_API_KEY',
      'GROQ_API_KEY',
      'GEMINI_API_KEY',
      'MISTRAL_API_KEY',
      'DEEPSEEK_API_KEY',
      'XAI_API_KEY',
      'OPENROUTER_API_KEY',
      'TOGETHER_API_KEY',
      'FIREWORKS_API_KEY',
      'CEREBRAS_API_KEY',
      'PERPLEXITY_API_KEY',
    ])
    for (const { apiKey, baseUrl } of variables) expect(baseUrl).toBe(apiKey.replace('_API_KEY', '_BASE_URL'))
  })

  describe.each(rows)('$id', (row) => {
    test('sends a key over https only, to an address that a path can be appended to', () => {
      if (row.baseUrl === null) return expect(row.environment).toBeNull()
      const url = new URL(row.baseUrl)
      expect(url.protocol).toBe('https:')
      expect(row.baseUrl).toBe(`${url.origin}${url.pathname.replace(/\/$/, '')}`)
    })

    test('names headers in lower case, and lets no credential, cookie or framing of the client through', () => {
      const headers = [row.credential.header, ...row.requestHeaders]
      for (const name of headers) expect(name).toMatch(/^[a-z][a-z0-9-]*$/)
      expect(new Set(headers).size).toBe(headers.length)
      for (const name of row.requestHeaders)
        expect(name).not.toMatch(/authorization|api-?key|cookie|token|^host$|^content-|^connection$|encoding/)
    })

    test('offers something, each operation once, and at most three models to start with', () => {
      expect(row.operations).toContain('chat')
      expect(new Set(row.operations).size).toBe(row.operations.length)
      expect(new Set(row.defaultModels).size).toBe(row.defaultModels.length)
      expect(row.defaultModels.length).toBeLessThanOrEqual(3)
      if (row.environment) expect(row.defaultModels.length).toBeGreaterThan(0)
      for (const path of Object.values(row.paths ?? {})) expect(path).toMatch(/^\//)
    })

    test('has a fixture that carries its key where the row says', () => {
      const { json } = fixture.parse(JSON.parse(readFileSync(new URL(`${row.id}.json`, fixtures), 'utf8')))
      expect(json.request).toEqual({
        path: row.paths?.chat ?? '/chat/completions',
        credentialHeader: row.credential.header,
      })
    })
  })

  test('has no fixture without a row', () => {
    const names = readdirSync(fixtures).filter((name) => name.endsWith('.json'))
    expect(names.map((name) => name.slice(0, -5)).sort()).toEqual([...presets.keys()].sort())
  })
})
