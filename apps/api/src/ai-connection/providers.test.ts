import { provider } from '@vm-x/contract'
import { presets } from '@vm-x/gateway'
import { expect, it } from 'vitest'
import { presentedProviders, providers } from './providers.ts'

it('every provider of the gateway is there, as the contract says', () => {
  const shown = presentedProviders()
  expect(shown.map(({ id }) => id)).toEqual([...presets.keys()])
  for (const each of shown) expect(provider.parse(each)).toEqual(each)
})

it('each asks for an address where it has none, and for a key where the provider refuses to go without', () => {
  expect(Object.fromEntries([...providers].map(([id, { needs }]) => [id, needs]))).toMatchObject({
    openai: { baseUrl: false, apiKey: true },
    'azure-openai': { baseUrl: true, apiKey: true },
    ollama: { baseUrl: true, apiKey: false },
    // Its address is this process's own.
    demo: { baseUrl: false, apiKey: false },
  })
})
