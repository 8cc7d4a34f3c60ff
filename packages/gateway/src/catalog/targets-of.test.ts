import { describe, expect, it } from 'vitest'
import { connectionEntry, environmentEntry, NO_LIMITS, resourceEntry } from '../testing/catalog-double.ts'
import { compileSnapshot, compileTarget } from './snapshot.ts'
import { namedByClient, targetsOf } from './targets-of.ts'

const about = { contextTokens: null, maxOutputTokens: null, limits: NO_LIMITS }
const snapshot = compileSnapshot(
  environmentEntry(
    [
      connectionEntry('c', { models: { listed: about } }),
      connectionEntry('d', { allowedModels: ['allowed'] }),
      connectionEntry('e'),
    ],
    [resourceEntry('r', ['c'])],
  ),
  () => ({ decide: () => ({ targets: undefined, blocked: undefined, matched: undefined, rules: [] }) }),
)
const named = (connection: string, model: string) => {
  const found = snapshot.connections.get(`${connection}-name`)
  if (!found) throw new Error(`no connection ${connection}`)
  return namedByClient(snapshot, compileTarget(found, model)).invented ?? false
}

describe('targetsOf', () => {
  it('are the targets of resources, and the models that connections list or allow', () => {
    expect(targetsOf(snapshot).map(({ key }) => key)).toEqual(['c/m', 'c/listed', 'd/allowed'])
  })
})

describe('namedByClient', () => {
  it('marks what configuration names nowhere', () => {
    for (const [connection, model] of [
      ['c', 'm'],
      ['c', 'listed'],
      ['d', 'allowed'],
    ] as const)
      expect(named(connection, model), model).toBe(false)
    for (const [connection, model] of [
      ['c', 'other'],
      ['e', 'm'],
      ['c', 'toString'],
    ] as const)
      expect(named(connection, model), model).toBe(true)
  })
})
