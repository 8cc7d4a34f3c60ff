import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { check } from './behaviour/check.ts'
import { errorReference } from './behaviour/error-reference.ts'
import { errorEnvironment, errorRows } from './behaviour/error-rows.ts'
import { clientsOf } from './behaviour/row.ts'
import { type BehaviourWorld, behaviourWorld, type Evidence } from './behaviour/world.ts'

let world: BehaviourWorld
let evidence: Evidence
beforeAll(async () => {
  world = await behaviourWorld(errorRows, errorEnvironment)
  evidence = await world.run()
}, 600_000)
afterAll(() => world?.close())

describe.each(errorRows)('$says', (row) => {
  test.each(clientsOf(row))('%s', (client) => check(row, client, evidence))
})

test('every code of the reference is a row here, or is told elsewhere', () => {
  const shown = errorRows.flatMap(({ expected: { refused, refusedBefore } }) => [refused?.code, refusedBefore?.code])
  const missing = [...errorReference.keys()].filter((code) => !shown.includes(code))
  expect(missing.toSorted()).toEqual(Object.keys(ELSEWHERE).toSorted())
})

/** Codes that no row is refused with, and where they are seen. */
const ELSEWHERE = {
  request_timeout: 'below, over a connection of its own',
  headers_too_large: 'below, over a connection of its own',
  provider_stream_failed: 'rows of streams that break',
  client_closed: 'records only: openai-node.test.ts',
  internal_error: 'a fault of the product itself: none is known that can be asked for',
}
