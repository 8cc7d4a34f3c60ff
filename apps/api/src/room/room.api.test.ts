import {
  aiConnectionRoutes,
  aiResourceRoutes,
  apiKeyRoutes,
  MOST_AI_CONNECTIONS,
  MOST_AI_RESOURCES,
  MOST_API_KEYS,
} from '@vm-x/contract'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { startWorld, type World, worldKinds } from '../testing/world.ts'

const TOGETHER = 1000

describe.each(worldKinds)('an environment that is full, on %s', (kind) => {
  let world: World
  beforeAll(async () => {
    world = await startWorld(kind)
  })
  afterAll(() => world?.close())

  const common = () => ({ id: uuidv7(), name: uuidv7(), enabled: false, origin: 'api' as const })
  const by = { created_by: 'test', updated_by: 'test' }
  const connection = () => ({ ...common(), ...by, provider: 'demo', allowed_models: null })
  const resource = () => ({
    ...{ ...common(), ...by, description: '', fallback: '{"enabled":false,"models":[]}' },
    model: JSON.stringify({ connectionId: uuidv7(), model: 'm' }),
  })
  const key = () => ({ ...common(), ...by, resources: '"all"', public_id: uuidv7(), hash: uuidv7() })

  const tables = [
    ['ai_connection', MOST_AI_CONNECTIONS - 2, connection],
    ['ai_resource', MOST_AI_RESOURCES - 1, resource],
    ['api_key', MOST_API_KEYS - 1, key],
  ] as const

  it('takes the last of each kind, and refuses one more with 409 and the number', async () => {
    const here = await environmentOfItsOwn(world)
    const { db } = world.product.storage.database
    const ids = { workspace_id: here.context.workspaceId, environment_id: here.context.environmentId }
    for (const [table, count, row] of tables)
      for (let made = 0; made < count; made += TOGETHER) {
        const rows = Array.from({ length: Math.min(TOGETHER, count - made) }, () => ({ ...row(), ...ids }))
        await db.insertInto(table).values(rows).execute()
      }
    const model = { connectionId: here.connectionId, model: 'demo' }
    for (const [route, most, body] of [
      [aiConnectionRoutes.createAiConnection, MOST_AI_CONNECTIONS, { provider: 'demo' }],
      [aiResourceRoutes.createAiResource, MOST_AI_RESOURCES, { model }],
      [apiKeyRoutes.createApiKey, MOST_API_KEYS, {}],
    ] as const) {
      expect(await here.call(route, { body: { ...body, name: 'last' } })).toMatchObject({ status: 201 })
      const refused = await here.call(route, { body: { ...body, name: 'one-more' } })
      expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } })
      expect(refused.body.detail).toContain(`${most} A`)
    }
  })
})
