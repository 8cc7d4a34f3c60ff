import { randomUUID } from 'node:crypto'
import { capacityStoreContract } from '@vm-x/gateway/testing'
import { describe } from 'vitest'
import { openRedis } from '../../redis/open-redis.ts'
import { testRedis } from '../../redis/test-redis.ts'
import { RedisCapacityStore } from './redis-capacity-store.ts'

const SILENT = { info: () => {}, warn: () => {}, error: () => {} }

describe.each(testRedis)('RedisCapacityStore on $kind', ({ url }) => {
  capacityStoreContract(async (clock) => {
    const redis = openRedis({ url: url(), commandTimeoutMs: 5000, log: SILENT })
    await connected(redis)
    const store = new RedisCapacityStore({
      redis,
      clock,
      log: SILENT,
      onFailure: 'deny',
      timeoutMs: 5000,
      prefix: `test:${randomUUID()}:`,
      gatherMs: 0,
      givenClock: 'local function now_ms() return tonumber(ARGV[2]) end\n',
    })
    return {
      store,
      close: async () => {
        await store.close()
        redis.close()
      },
    }
  })
})

async function connected(redis: ReturnType<typeof openRedis>): Promise<void> {
  while (!redis.state().connected) await new Promise((resolve) => setTimeout(resolve, 5))
}
