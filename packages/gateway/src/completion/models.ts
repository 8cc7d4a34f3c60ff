import type { ApiKeyEntry } from '../catalog/catalog.ts'
import type { EnvironmentSnapshot } from '../catalog/snapshot.ts'
import type { Call } from './exchange.ts'
import { type Gateway, mayUse, notFound, recorded } from './pipeline.ts'

type Model = { id: string; object: 'model'; created: number; owned_by: string }

/**
 * `GET /v1/models` and `/v1/models/{id}`: what the key may call, in OpenAI's shape. Connections that the key lists
 * are named with each model they are bound to.
 */
export async function listModels(gw: Gateway, call: Call, id: string | undefined): Promise<object> {
  return recorded(gw, call, async (exchange) => {
    const apiKey = await gw.authenticator.authenticate(call.headers, call.sourceAddress)
    exchange.principal = apiKey
    const models = usable(await gw.snapshots.get(apiKey.environmentId), apiKey)
    const answer =
      id === undefined
        ? { object: 'list', data: models }
        : models.find((model) => model.id.toLowerCase() === id.toLowerCase())
    if (!answer) throw notFound(id ?? '')
    await exchange.close('ok', 200)
    return answer
  })
}

function usable(snapshot: EnvironmentSnapshot, apiKey: ApiKeyEntry): Model[] {
  const ids: string[] = []
  for (const resource of snapshot.resources.values()) if (mayUse(apiKey, resource)) ids.push(resource.name)
  for (const { id, name, allowedModels } of snapshot.connections.values()) {
    if (apiKey.connections.includes(id)) for (const model of allowedModels ?? []) ids.push(`${name}/${model}`)
  }
  return ids.map((id) => ({ id, object: 'model', created: 0, owned_by: 'vm-x-ai' }))
}
