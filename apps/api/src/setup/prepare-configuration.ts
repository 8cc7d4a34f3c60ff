import type { ConfigFile } from '@vm-x/contract'
import { generateApiKey, parseApiKey } from '@vm-x/gateway'
import { ConfigRejected, type Origin } from '@vm-x/storage'
import { systemAuthor } from '../change/author.ts'
import { type Config, ConfigError } from '../config.ts'
import type { ManagementParts } from '../management.module.ts'
import type { Services } from '../services.ts'
import { applyConfig } from './apply/apply-config.ts'
import { type Administrator, firstAdministrator } from './first-administrator.ts'
import { firstStart, fromEnvironment } from './first-start.ts'
import { notRight, readConfigFile } from './read-config-file.ts'

export type Prepared = {
  /** The API key of a first start: shown once. */
  readonly newApiKey: string | undefined
  /** The first user, with a password for one sign-in: shown once. */
  readonly administrator: Administrator | undefined
  /** Connections made from credentials in the environment. */
  readonly fromEnvironment: readonly string[]
}

export type PrepareOptions = {
  readonly config: Config
  readonly env: Readonly<Record<string, string | undefined>>
  readonly parts: ManagementParts
  readonly services: Services
}

/**
 * Brings the configuration up to date at start. `VMX_CONFIG` decides alone where it is set; without it a new
 * installation begins with the demo provider, and credentials in the environment become connections at every start.
 * The first administrator comes last, and owns what there is by then.
 */
export async function prepareConfiguration(options: PrepareOptions): Promise<Prepared> {
  const applied = await applyAll(options)
  return {
    ...applied,
    administrator: await firstAdministrator({ ...options.parts, ...options }, options.config.adminEmail),
  }
}

async function applyAll({ config, env, parts, services }: PrepareOptions): Promise<Omit<Prepared, 'administrator'>> {
  const apply = (document: ConfigFile, origin: Origin, onlyWhenNew = false) =>
    applyConfig(document, {
      changes: parts.changes,
      services: { ...services, parseApiKey },
      author: systemAuthor('start'),
      origin,
      onlyWhenNew,
    })
  if (config.configFile !== undefined) {
    const { configFile } = config
    await apply(await readConfigFile(configFile, env), 'config').catch((error: unknown) => {
      throw error instanceof ConfigRejected ? new ConfigError(notRight(configFile, error.problems)) : error
    })
    return { newApiKey: undefined, fromEnvironment: [] }
  }
  const { value } = generateApiKey()
  const newApiKey = (await apply(firstStart(value), 'first-start', true)) ? value : undefined
  const found = fromEnvironment(env)
  if (found) await apply(found, 'environment')
  const connections = found?.workspaces[0]?.environments[0]?.connections ?? []
  return { newApiKey, fromEnvironment: connections.map(({ name }) => name) }
}
