import type { INestApplicationContext } from '@nestjs/common'
import type { ConfigFile } from '@vm-x/contract'
import { checkRouting, generateApiKey, parseApiKey, presets } from '@vm-x/gateway'
import { type Applied, applyConfig, type Origin, type Storage } from '@vm-x/storage'
import type { Config } from '../config.ts'
import type { ManagementParts } from '../management.module.ts'
import { RoleService } from '../role/role.service.ts'
import { UserService } from '../user/user.service.ts'
import { MemberService } from '../workspace/member.service.ts'
import { type Administrator, firstAdministrator } from './first-administrator.ts'
import { firstStart, fromEnvironment } from './first-start.ts'
import { readConfigFile } from './read-config-file.ts'

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
  readonly storage: Storage
  readonly app: INestApplicationContext
  readonly parts: ManagementParts
}

/**
 * Brings the configuration up to date at start. `VMX_CONFIG` decides alone where it is set; without it a new
 * installation begins with the demo provider, and credentials in the environment become connections at every start.
 */
export async function prepareConfiguration(options: PrepareOptions): Promise<Prepared> {
  const applied = await applyAll(options)
  const { config, app, parts } = options
  const people = { users: app.get(UserService), roles: app.get(RoleService), members: app.get(MemberService) }
  const administrator = await firstAdministrator({ ...parts, ...people }, config.adminEmail)
  return { ...applied, administrator }
}

async function applyAll({ config, env, storage }: PrepareOptions): Promise<Omit<Prepared, 'administrator'>> {
  const apply = (document: ConfigFile, origin: Origin): Promise<Applied> =>
    applyConfig(storage.database.db, storage.vault, document, {
      actor: 'start',
      origin,
      parseApiKey,
      providers: PROVIDERS,
      checkRouting,
    })
  if (config.configFile !== undefined) {
    await apply(await readConfigFile(config.configFile, env), 'config')
    return { newApiKey: undefined, fromEnvironment: [] }
  }
  const newApiKey = (await isNew(storage)) ? generateApiKey().value : undefined
  if (newApiKey !== undefined) await apply(firstStart(newApiKey), 'first-start')
  const found = fromEnvironment(env)
  if (found) await apply(found, 'environment')
  const connections = found?.workspaces[0]?.environments[0]?.connections ?? []
  return { newApiKey, fromEnvironment: connections.map(({ name }) => name) }
}

/** The demo provider is part of this process, so that its address is known. */
const PROVIDERS = new Map(
  [...presets.values()].map(({ id, baseUrl }) => [id, { needsBaseUrl: baseUrl === null && id !== 'demo' }]),
)

/** Operator-level: whether anything was ever set up. */
async function isNew({ database }: Storage): Promise<boolean> {
  const row = await database.db.selectFrom('workspace').select('id').limit(1).executeTakeFirst()
  return row === undefined
}
