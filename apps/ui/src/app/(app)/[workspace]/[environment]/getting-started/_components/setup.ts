import { answerOf, api } from '@/client/api'
import { isProblem } from '@/client/problem'
import type { AiConnection, AiResource, EnvironmentPath } from '@/client/queries'
import { createNamed, nameOfModel } from './free-name.ts'

const BASE = '/workspaces/{workspaceId}/environments/{environmentId}'

/** What is there already, as far as this person may see it. */
export type Existing = {
  readonly connections: readonly AiConnection[]
  readonly resources: readonly AiResource[]
}

const isTaken = (error: unknown) => isProblem(error, 'name_taken')
const namesOf = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name)

export type NewConnection = {
  readonly provider: string
  readonly config: { baseUrl?: string }
  readonly credentials: { apiKey?: string } | null
}

/** Says whether the provider can be asked, before anything is saved. */
export const tryConnection = (
  { workspaceId, environmentId }: EnvironmentPath,
  body: NewConnection & { model: string },
) => answerOf(api.POST(`${BASE}/ai-connections/test`, { params: { path: { workspaceId, environmentId } }, body }))

export const createConnection = (
  { workspaceId, environmentId }: EnvironmentPath,
  { connections }: Existing,
  connection: NewConnection,
) =>
  createNamed(
    connection.provider,
    namesOf(connections),
    (name) =>
      answerOf(
        api.POST(`${BASE}/ai-connections`, {
          params: { path: { workspaceId, environmentId } },
          body: { name, ...connection },
        }),
      ),
    isTaken,
  )

/** A resource that asks one model, named after it. */
export const createResource = (
  { workspaceId, environmentId }: EnvironmentPath,
  { resources }: Existing,
  model: { connectionId: string; model: string },
) =>
  createNamed(
    nameOfModel(model.model),
    namesOf(resources),
    (name) =>
      answerOf(
        api.POST(`${BASE}/ai-resources`, { params: { path: { workspaceId, environmentId } }, body: { name, model } }),
      ),
    isTaken,
  )

/** The demo provider with a resource for it; what is there of it already is used. */
export async function connectDemo(path: EnvironmentPath, existing: Existing): Promise<AiResource> {
  const connection =
    existing.connections.find(({ provider, enabled }) => provider === 'demo' && enabled) ??
    (await createConnection(path, existing, { provider: 'demo', config: {}, credentials: null }))
  const isDemo = ({ model, enabled }: AiResource) =>
    enabled && model.connectionId === connection.id && model.model === 'demo'
  return (
    existing.resources.find(isDemo) ?? createResource(path, existing, { connectionId: connection.id, model: 'demo' })
  )
}

/** Whether any request has been answered here. */
export async function hasAnswered({ workspaceId, environmentId }: EnvironmentPath): Promise<boolean> {
  const params = { path: { workspaceId, environmentId }, query: { limit: 1, outcome: 'ok' as const } }
  return (await answerOf(api.GET(`${BASE}/audit`, { params }))).items.length > 0
}
