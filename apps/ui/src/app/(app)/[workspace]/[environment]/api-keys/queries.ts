import { queryOptions } from '@tanstack/react-query'
import { answerOf, api, ifMatch } from '@/client/api'
import { type EnvironmentPath, environmentKey } from '@/client/queries'
import type { components } from '@/client/schema'

type Schemas = components['schemas']
export type KeyInput = Schemas['ApiKeyInput']
export type KeyPatch = Schemas['ApiKeyPatch']
export type KeyWithValue = Schemas['ApiKeyWithValue']

const LIST = '/workspaces/{workspaceId}/environments/{environmentId}/api-keys'
const ONE = `${LIST}/{apiKeyId}` as const

type Version = { readonly id: string; readonly version: number }

const changing = (path: EnvironmentPath, { id, version }: Version) => ({
  path: { ...path, apiKeyId: id },
  header: ifMatch(version),
})

export const getKey = (path: EnvironmentPath, apiKeyId: string) =>
  answerOf(api.GET(ONE, { params: { path: { ...path, apiKeyId } } }))

export const keyQuery = (path: EnvironmentPath, apiKeyId: string) =>
  queryOptions({ queryKey: [...environmentKey(path), 'api-key', apiKeyId], queryFn: () => getKey(path, apiKeyId) })

/** The answer is the only one that holds the value. */
export const createKey = (path: EnvironmentPath, body: KeyInput) => answerOf(api.POST(LIST, { params: { path }, body }))

export const updateKey = (path: EnvironmentPath, key: Version, body: KeyPatch) =>
  answerOf(api.PATCH(ONE, { params: changing(path, key), body }))

/** The answer is the only one that holds the new value. */
export const rotateKey = (path: EnvironmentPath, key: Version, graceSeconds: number) =>
  answerOf(api.POST(`${ONE}/rotate`, { params: changing(path, key), body: { graceSeconds } }))

export const revokeKey = (path: EnvironmentPath, key: Version) =>
  answerOf(api.DELETE(ONE, { params: changing(path, key) }))
