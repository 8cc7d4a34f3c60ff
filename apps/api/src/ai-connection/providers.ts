import { type Provider, providerSchemas } from '@vm-x/contract'
import { type Preset, presets } from '@vm-x/gateway'
import { z } from 'zod'

/** A provider of this build, with the schemas that its connections are held against. */
export type ProviderRow = ReturnType<typeof providerSchemas> & {
  readonly preset: Preset
  readonly needs: { readonly baseUrl: boolean; readonly apiKey: boolean }
}

/** By id, in the order of the provider table. */
export const providers: ReadonlyMap<string, ProviderRow> = new Map(
  [...presets.values()].map((preset) => {
    const needs = {
      // The demo provider is part of this process, so that its address is known.
      baseUrl: preset.baseUrl === null && preset.id !== 'demo',
      apiKey: preset.credential.required,
    }
    return [preset.id, { preset, needs, ...providerSchemas(needs) }]
  }),
)

export const presentedProviders = (): Provider[] =>
  [...providers.values()].map(({ preset, needs, config, credentials }) => ({
    id: preset.id,
    name: preset.name,
    needsBaseUrl: needs.baseUrl,
    defaultBaseUrl: preset.baseUrl,
    needsApiKey: needs.apiKey,
    operations: [...preset.operations],
    defaultModels: [...preset.defaultModels],
    config: z.toJSONSchema(config, { io: 'input' }),
    credentials: z.toJSONSchema(credentials, { io: 'input' }),
  }))
