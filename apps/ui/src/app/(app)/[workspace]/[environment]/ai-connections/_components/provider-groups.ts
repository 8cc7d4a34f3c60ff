import type { Provider } from '@/client/queries'

export type ProviderGroup = { readonly title: string; readonly description: string; readonly providers: Provider[] }

/** Providers by what a connection to them takes, as far as they match what is searched for. */
export function providerGroups(providers: readonly Provider[], search: string): ProviderGroup[] {
  const wanted = search.trim().toLowerCase()
  const found = providers.filter(({ id, name, defaultModels }) =>
    [id, name, ...defaultModels].some((text) => text.toLowerCase().includes(wanted)),
  )
  return [
    {
      title: 'Ready providers',
      description: 'Their address is known. You bring a key.',
      providers: found.filter((provider) => !provider.needsBaseUrl && !isWithin(provider)),
    },
    {
      title: 'At an address of yours',
      description: 'Servers and deployments that speak the OpenAI API. You name the address.',
      providers: found.filter(({ needsBaseUrl }) => needsBaseUrl),
    },
    {
      title: 'Demo',
      description: 'Answers from within the gateway, to try things without a key and without costs.',
      providers: found.filter(isWithin),
    },
  ].filter((group) => group.providers.length > 0)
}

/** It answers within the gateway itself. */
const isWithin = ({ needsBaseUrl, defaultBaseUrl }: Provider) => !needsBaseUrl && defaultBaseUrl === null

/** What a connection to a provider needs, in a few words. */
export function needsOf(provider: Provider): string {
  if (isWithin(provider)) return 'Needs nothing'
  const needs = [...(provider.needsBaseUrl ? ['an address'] : []), ...(provider.needsApiKey ? ['an API key'] : [])]
  return `Needs ${needs.join(' and ')}`
}
