import type { Clock } from '../clock.ts'
import type { Vault } from '../vault.ts'
import { Credentials } from './credentials.ts'
import { OpenAiCompatible } from './openai-compatible.ts'
import { presets } from './presets.ts'
import type { Provider } from './provider.ts'
import type { UpstreamAddressPolicy } from './upstream-address.ts'
import { UpstreamPools } from './upstream-pools.ts'

/** Every provider of the table, ready to be called. */
export function createProviders(vault: Vault, policy: UpstreamAddressPolicy, clock: Clock): ReadonlyMap<string, Provider> {
  const pools = new UpstreamPools(policy)
  const credentials = new Credentials(vault, clock)
  return new Map([...presets.values()].map((preset) => [preset.id, new OpenAiCompatible(preset, pools, credentials)]))
}
