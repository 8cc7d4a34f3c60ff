import { type ConfigFile, configFile } from '@vm-x/contract'
import { type Preset, presets } from '@vm-x/gateway'

export const DEFAULT_WORKSPACE = 'default'
export const DEFAULT_ENVIRONMENT = 'default'

/** What a new installation begins with: the demo provider, two resources on it, and one API key for everything. */
export function firstStart(apiKey: string): ConfigFile {
  return inDefaultEnvironment({
    connections: [{ name: 'demo', provider: 'demo' }],
    resources: [
      {
        name: 'demo',
        description: 'Answers from the built-in demo provider',
        model: { connection: 'demo', model: 'demo' },
      },
      {
        name: 'demo-fallback',
        description: 'Its primary always fails; its fallback answers',
        model: { connection: 'demo', model: 'demo+status=503' },
        fallback: { models: [{ connection: 'demo', model: 'demo' }] },
      },
    ],
    apiKeys: [{ name: 'first', value: apiKey }],
  })
}

/** A connection for each provider whose credential is in the environment, and a resource for each of its default models. */
export function fromEnvironment(env: Readonly<Record<string, string | undefined>>): ConfigFile | undefined {
  const found = [...presets.values()].flatMap((preset) => {
    const apiKey = preset.environment && env[preset.environment.apiKey]
    return preset.environment && apiKey ? [{ preset, apiKey, baseUrl: env[preset.environment.baseUrl] }] : []
  })
  if (found.length === 0) return undefined
  return inDefaultEnvironment({
    connections: found.map(({ preset, apiKey, baseUrl }) => ({
      name: preset.id,
      provider: preset.id,
      apiKey,
      ...(baseUrl ? { baseUrl } : {}),
    })),
    resources: found.flatMap(({ preset }) =>
      preset.defaultModels.map((model) => ({
        name: resourceName(preset, model),
        description: `${model} at ${preset.name}`,
        model: { connection: preset.id, model },
      })),
    ),
  })
}

/** The model's name without its maker; with the provider before it where several providers serve a model of that name. */
function resourceName(preset: Preset, model: string): string {
  const short = shortName(model)
  const shared = [...presets.values()].filter(
    (other) => other.environment && other.defaultModels.some((name) => shortName(name) === short),
  )
  return shared.length > 1 ? `${preset.id}-${short}` : short
}

const shortName = (model: string) => (model.split('/').at(-1) ?? model).replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 48)

const inDefaultEnvironment = (environment: object): ConfigFile =>
  configFile.parse({
    workspaces: [{ name: DEFAULT_WORKSPACE, environments: [{ name: DEFAULT_ENVIRONMENT, ...environment }] }],
  })
