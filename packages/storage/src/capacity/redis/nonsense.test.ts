import { type CapacityItem, silentLog, systemClock } from '@vm-x/gateway'
import { expect, it } from 'vitest'
import { RedisCapacityStore } from './redis-capacity-store.ts'

it('what answers otherwise than Redis does is away: each limit is kept by this replica, of one replica', async () => {
  const answer = async () => 'OK'
  const store = new RedisCapacityStore({
    redis: {
      run: answer,
      within: (command) => command,
      state: () => ({ connected: true, sinceMs: 0, noeviction: null, reason: null }),
    },
    clock: systemClock,
    log: silentLog,
    onFailure: 'local',
    timeoutMs: 1000,
  })
  const item: CapacityItem = {
    key: '{w} minute api-key:k',
    window: { kind: 'minute' },
    forgettable: false,
    maxRequests: 10,
    maxTokens: Number.POSITIVE_INFINITY,
    tokens: 0,
  }
  const answers = await Promise.all(Array.from({ length: 14 }, async () => store.reserve([[item]])))
  expect(answers.filter(({ granted }) => granted)).toHaveLength(10)
  expect(store.state()).toMatchObject({
    replicas: 1,
    away: { reason: expect.stringContaining('does not answer as Redis') },
  })
  await store.close()
})
