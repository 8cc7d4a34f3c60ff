import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { check } from './behaviour/check.ts'
import { failoverRows } from './behaviour/failover-rows.ts'
import { CLIENTS, type Client, clientsOf, streams } from './behaviour/row.ts'
import { type BehaviourWorld, behaviourWorld, type Evidence } from './behaviour/world.ts'

let world: BehaviourWorld
let evidence: Evidence
beforeAll(async () => {
  world = await behaviourWorld(failoverRows)
  evidence = await world.run()
}, 600_000)
afterAll(() => world?.close())

describe.each(failoverRows)('$says', (row) => {
  test.each(clientsOf(row))('%s', (client) => check(row, client, evidence))
})

describe.each(CLIENTS.filter(streams))('the record, as %s sees it,', (client) => {
  test('counts the events that were left out', async () => {
    const { decision } = (await recordOf('malformed', client)) ?? {}
    expect(decision?.attempts).toMatchObject([{ outcome: 'ok', malformedEvents: 1 }])
  })

  test('shows that a complete stream that stays open was not waited for until idleMs', async () => {
    expect((await recordOf('open-end', client))?.durationMs).toBeLessThan(DEFAULT_IDLE_MS / 2)
  })
})

test.each(CLIENTS)(
  'vmx audit show tells every attempt of a request of %s for which everything failed',
  async (client) => {
    const record = await recordOf('everything', client)
    const { stdout } = await world.product.vmx('audit', 'show', record?.id ?? '')
    const connection = (place: string) => `everything.${client}.${place}`
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'provider_auth_failed',
      status: 502,
      decision: {
        targets: ['first', 'second', 'third'].map((place) => ({ connection: connection(place) })),
        attempts: [
          { connection: connection('first'), outcome: 'provider_unavailable', status: 500 },
          { connection: connection('first'), outcome: 'provider_unavailable', status: 500 },
          { connection: connection('second'), outcome: 'provider_timeout', fault: 'first_byte_timeout' },
          { connection: connection('third'), outcome: 'provider_auth_failed', status: 403 },
        ],
      },
    })
  },
)

const DEFAULT_IDLE_MS = 60_000

async function recordOf(name: string, client: Client) {
  const row = failoverRows.find((each) => each.name === name)
  if (!row) throw new Error(`There is no row ${name}`)
  const { calls } = await evidence.observed(row, client)
  return evidence.record(calls.at(-1)?.headers['x-request-id'])
}
