import { join } from 'node:path'
import {
  aiConnectionRoutes,
  aiResourceRoutes,
  apiKeyRoutes,
  environmentRoutes,
  type Route,
  workspaceRoutes,
} from '@vm-x/contract'
import { type RunningProduct, startProduct, temporaryDirectory } from '../start-product.ts'
import { type Administrator, type ManagementCall, settle } from './administrator.ts'
import { createPostgresDatabase, type PostgresDatabase } from './postgres-database.ts'

export type ApiKeyOnIt = { readonly id: string; readonly version: number; readonly value: string }

/** Two processes of the product on one database. */
export type Replicas = {
  /** Where everything is changed. */
  readonly serving: RunningProduct
  readonly other: RunningProduct
  readonly database: PostgresDatabase
  readonly connectionId: string
  /** One of the API keys for all resources that were there from the start; another one each time. */
  key(): ApiKeyOnIt
  /** Calls the management API of `serving`, within the environment that was set up. */
  change(route: Route, call?: ManagementCall): Promise<{ id: string; version: number; value: string }>
  /** A new connection to the demo provider. */
  connection(name: string): Promise<{ id: string; version: number }>
  /** A new resource on the first connection. */
  resource(name: string, fields?: object): Promise<{ id: string; version: number }>
}

/** What was set up by one process, which has ended. */
export type Installation = {
  /** Nobody is connected to it. */
  readonly database: PostgresDatabase
  readonly env: Readonly<Record<string, string>>
  readonly administrator: Administrator
  readonly context: Readonly<Record<string, string>>
  readonly connectionId: string
  readonly keys: readonly ApiKeyOnIt[]
}

/** A first start with an administrator who has signed in, a connection, and so many API keys. */
export async function installation(keys: number): Promise<Installation> {
  const database = await createPostgresDatabase({ migrated: true })
  const env = { VAULT_URL: `libsodium:file=${join(temporaryDirectory(), 'key')}` }
  const settings = { ...env, DATABASE_URL: database.url }
  const product = await startProduct({ env: settings })
  if (!product.administrator) throw new Error('The first start made no administrator')
  const administrator = await settle(product.url, product.administrator)
  const call = (route: Route, call?: ManagementCall) => administrator.call(product.url, route, call)
  const workspaceId = (await call(workspaceRoutes.listWorkspaces)).items[0].id
  const environmentId = (await call(environmentRoutes.listEnvironments, { params: { workspaceId } })).items[0].id
  const params = { workspaceId, environmentId }
  const connectionId = (await call(aiConnectionRoutes.listAiConnections, { params })).items[0].id
  const made: ApiKeyOnIt[] = []
  for (let count = 0; count < keys; count++)
    made.push(await call(apiKeyRoutes.createApiKey, { params, body: { name: `key-${count}` } }))
  await product.stop()
  return { database, env, administrator, context: params, connectionId, keys: made }
}

/** Starts two replicas on a copy of what was set up, each with these further settings. */
export async function startReplicas(
  { database: original, env, administrator, context, connectionId, keys }: Installation,
  settings: (database: PostgresDatabase) => Promise<Readonly<Record<string, string>>> = async () => ({}),
): Promise<Replicas> {
  const database = await createPostgresDatabase({ copyOf: original })
  const all = { ...env, DATABASE_URL: database.url, ...(await settings(database)) }
  const [serving, other] = await Promise.all([startProduct({ env: all }), startProduct({ env: all })])
  const change: Replicas['change'] = (route, call) =>
    administrator.call(serving.url, route, { ...call, params: { ...context, ...call?.params } })
  const unused = [...keys]
  return {
    serving,
    other,
    database,
    connectionId,
    change,
    key: () => {
      const key = unused.shift()
      if (!key) throw new Error('More API keys are needed')
      return key
    },
    connection: (name) => change(aiConnectionRoutes.createAiConnection, { body: { name, provider: 'demo' } }),
    resource: (name, fields = {}) =>
      change(aiResourceRoutes.createAiResource, { body: { name, model: { connectionId, model: 'demo' }, ...fields } }),
  }
}
