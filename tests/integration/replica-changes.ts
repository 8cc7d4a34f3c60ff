import { aiConnectionRoutes, aiResourceRoutes, apiKeyRoutes } from '@vm-x/contract'
import type { ApiKeyOnIt, Replicas } from './replicas.ts'

/** Something to be changed: what requests are answered before and after, by status. */
export type ReplicaChange = {
  readonly what: string
  readonly before: number
  readonly after: number
  /** Makes what is to be changed; answers what shows it, and the change itself. */
  prepare(replicas: Replicas): Promise<{
    readonly apiKey: string
    readonly model: string
    change(): Promise<unknown>
  }>
}

const params = ({ id }: ApiKeyOnIt) => ({ apiKeyId: id })

export const revokedKey: ReplicaChange = {
  what: 'a key that is revoked',
  before: 200,
  after: 401,
  prepare: async (replicas) => {
    const key = replicas.key()
    return {
      apiKey: key.value,
      model: 'demo',
      change: () => replicas.change(apiKeyRoutes.deleteApiKey, { params: params(key), version: key.version }),
    }
  },
}

const patchedKey = (what: string, after: number, body: object): ReplicaChange => ({
  what,
  before: 200,
  after,
  prepare: async (replicas) => {
    const key = replicas.key()
    return {
      apiKey: key.value,
      model: 'demo',
      change: () => replicas.change(apiKeyRoutes.updateApiKey, { params: params(key), version: key.version, body }),
    }
  },
})

// biome-ignore lint/suspicious/noThenProperty: the name that people write
const blockAll = [{ when: { all: [] }, then: { block: 'Not today' } }]

export const keyChanges: readonly ReplicaChange[] = [
  patchedKey('a key that is disabled', 401, { enabled: false }),
  patchedKey('a limit that is lowered', 429, { capacity: [{ period: 'lifetime', requests: 0 }] }),
]

export const resourceChanges: readonly ReplicaChange[] = [
  {
    what: 'a rule that is added',
    before: 200,
    after: 403,
    prepare: async (replicas) => {
      const model = unusedName()
      const { id, version } = await replicas.resource(model)
      return {
        apiKey: replicas.key().value,
        model,
        change: () =>
          replicas.change(aiResourceRoutes.updateAiResource, {
            params: { aiResourceId: id },
            version,
            body: { routing: blockAll },
          }),
      }
    },
  },
  {
    what: 'a resource that is made',
    before: 404,
    after: 200,
    prepare: async (replicas) => {
      const model = unusedName()
      return { apiKey: replicas.key().value, model, change: () => replicas.resource(model) }
    },
  },
  {
    what: 'a connection that is switched off',
    before: 200,
    after: 503,
    prepare: async (replicas) => {
      const model = unusedName()
      const { id, version } = await replicas.connection(model)
      await replicas.resource(model, { model: { connectionId: id, model: 'demo' } })
      return {
        apiKey: replicas.key().value,
        model,
        change: () =>
          replicas.change(aiConnectionRoutes.updateAiConnection, {
            params: { aiConnectionId: id },
            version,
            body: { enabled: false },
          }),
      }
    },
  },
]

const unusedName = () => `new-${crypto.randomUUID()}`
