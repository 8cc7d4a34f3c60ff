import { presets } from '@vm-x/gateway'
import { describe, expect, it } from 'vitest'
import { firstStart, fromEnvironment } from './first-start.ts'

const environmentOf = (document: ReturnType<typeof fromEnvironment>) => document?.workspaces[0]?.environments[0]

describe('firstStart', () => {
  it('has a resource that answers and one whose primary always fails', () => {
    const resources = firstStart('key').workspaces[0]?.environments[0]?.resources
    expect(resources?.map(({ name }) => name)).toEqual(['demo', 'demo-fallback'])
    expect(resources?.[1]?.fallback?.models).toEqual([{ connection: 'demo', model: 'demo' }])
  })
})

describe('fromEnvironment', () => {
  it('makes nothing without a credential', () => {
    expect(fromEnvironment({ OPENAI_BASE_URL: 'https://example.com/v1' })).toBeUndefined()
  })

  it('makes a connection and one resource for each default model', () => {
    const environment = environmentOf(
      fromEnvironment({ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'https://example.com/v1' }),
    )
    expect(environment?.connections).toMatchObject([
      { name: 'openai', provider: 'openai', apiKey: 'k', baseUrl: 'https://example.com/v1' },
    ])
    expect(environment?.resources.map(({ model }) => model.model)).toEqual(presets.get('openai')?.defaultModels)
  })

  it('gives every resource of every provider a name of its own, whichever credentials are set', () => {
    const rows = [...presets.values()].flatMap(({ environment }) => (environment ? [environment.apiKey] : []))
    const all = environmentOf(fromEnvironment(Object.fromEntries(rows.map((name) => [name, 'k']))))
    const names = all?.resources.map(({ name }) => name.toLowerCase()) ?? []
    expect(new Set(names).size).toBe(names.length)
    for (const name of rows) {
      const alone =
        environmentOf(fromEnvironment({ [name]: 'k' }))?.resources.map((resource) => resource.name.toLowerCase()) ?? []
      expect(names).toEqual(expect.arrayContaining(alone))
    }
  })
})
