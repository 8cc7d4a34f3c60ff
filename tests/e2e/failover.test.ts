import { afterAll, beforeAll, describe, test } from 'vitest'
import { check } from './behaviour/check.ts'
import { failoverRows } from './behaviour/failover-rows.ts'
import { clientsOf } from './behaviour/row.ts'
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
