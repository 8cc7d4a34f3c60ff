import { randomUUID } from 'node:crypto'
import { createGateway, type EnvironmentEntry, silentLog, systemClock } from '@vm-x/gateway'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRedis } from '../redis/open-redis.ts'
import { RedisCapacityStore } from './redis/redis-capacity-store.ts'
import { limited, type Server, startServer, until } from './redis/replicas.fixture.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

const NO_LIMITS = { capacity: [], maxConcurrent: null }

test('a process that starts before its Redis charges what was used before once it is there', async () => {
  const environment: EnvironmentEntry = {
    id: randomUUID(),
    workspaceId: randomUUID(),
    timeZone: 'UTC',
    workspaceLimits: NO_LIMITS,
    limits: { ...NO_LIMITS, capacity: [{ period: 'lifetime', requests: 100, reserve: 'expected', enabled: true }] },
    connections: [],
    resources: [],
  }
  await server.kill()
  const [log, timeoutMs, clock] = [silentLog, 500, systemClock]
  const redis = openRedis({ url: server.url, commandTimeoutMs: timeoutMs, log })
  const capacity = new RedisCapacityStore({ redis, onFailure: 'local', timeoutMs, clock, log })
  let asked = 0
  const gateway = createGateway({
    catalog: {
      environment: async () => environment,
      apiKey: async () => undefined,
      apiKeys: async () => new Map(),
    },
    ledger: { accepting: () => true, opened: async () => {}, record: async () => {} },
    history: {
      charged: async () => {
        asked++
        return [{ requests: 7, tokens: 0 }]
      },
    },
    capacity,
    providers: new Map(),
    clock,
    log,
  })
  try {
    await gateway.snapshots.get(environment.id)
    expect(asked).toBe(0)
    // Of another limit of the workspace: what it counts meanwhile is no matter here.
    await capacity.reserve([[limited({ key: `{${environment.workspaceId}} other`, maxRequests: 5 })]])
    await server.start()
    const used = async () => (await gateway.capacityOf(environment.id).catch(() => []))[0]?.requests?.used
    await until(async () => (await used()) === 7)
  } finally {
    await gateway.close()
    await capacity.close()
    redis.close()
  }
})
