import type { Clock } from '../clock.ts'
import type { Vault } from '../vault.ts'
import { Credentials } from './credentials.ts'
import { OpenAiCompatible } from './openai-compatible.ts'
import { type Preset, presets } from './presets.ts'
import type { Provider } from './provider.ts'
import type { UpstreamAddressPolicy } from './upstream-address.ts'
import { UpstreamPools } from './upstream-pools.ts'

export type ProviderParts = {
  readonly vault: Vault
  readonly policy: UpstreamAddressPolicy
  readonly clock: Clock
  /** Where the demo provider of this process listens. */
  readonly demoUrl: string
}

/** Every provider of the table, ready to be called. */
export function createProviders({ vault, policy, clock, demoUrl }: ProviderParts): ReadonlyMap<string, Provider> {
  const pools = new UpstreamPools(policy, clock)
  const credentials = new Credentials(vault, clock)
  return new Map(
    [...presets.values()].map((row) => {
      const preset = locatedPreset(row, demoUrl)
      return [preset.id, new OpenAiCompatible({ preset, pools, credentials, clock })]
    }),
  )
}

/** A row of the table; that of the demo provider has its address in this process. */
export const locatedPreset = (preset: Preset, demoUrl: string): Preset =>
  preset.id === 'demo' ? { ...preset, baseUrl: demoUrl } : preset
