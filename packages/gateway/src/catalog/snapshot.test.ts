import { DEFAULT_RETRIES, DEFAULT_TIMEOUTS } from '@vm-x/contract'
import { describe, expect, it } from 'vitest'
import { connectionEntry, environmentEntry, NO_LIMITS, resourceEntry } from '../testing/catalog-double.ts'
import { allowsModel, compileSnapshot, compileTarget, nameKey } from './snapshot.ts'

const noRules = { decide: () => ({ targets: undefined, blocked: undefined, matched: undefined, rules: [] }) }

const compile = (...args: Parameters<typeof environmentEntry>) =>
  compileSnapshot(environmentEntry(...args), () => noRules)

const targetsOf = (...args: Parameters<typeof environmentEntry>) => {
  const resource = compile(...args).resources.get('r')
  return resource && [resource.primary?.key, ...resource.fallbacks.map(({ key }) => key)]
}

describe('compileSnapshot', () => {
  it('lists the primary target of a resource first, then its fallbacks in order', () => {
    const connections = ['a', 'b', 'c'].map((id) => connectionEntry(id))
    expect(targetsOf(connections, [resourceEntry('r', ['b', 'c', 'a'])])).toEqual(['b/m', 'c/m', 'a/m'])
  })

  it('leaves out targets whose connection is disabled or does not exist', () => {
    const connections = [connectionEntry('a', { enabled: false }), connectionEntry('b')]
    expect(targetsOf(connections, [resourceEntry('r', ['a', 'b', 'gone'])])).toEqual([undefined, 'b/m'])
  })

  it('leaves out targets whose model the connection does not allow', () => {
    const connections = [connectionEntry('a', { allowedModels: [] }), connectionEntry('b', { allowedModels: ['m'] })]
    expect(targetsOf(connections, [resourceEntry('r', ['a', 'b'])])).toEqual([undefined, 'b/m'])
  })

  it('knows disabled resources and connections not at all', () => {
    const snapshot = compile(
      [connectionEntry('a', { enabled: false })],
      [resourceEntry('r', ['a'], { enabled: false })],
    )
    expect([snapshot.resources.size, snapshot.connections.size]).toEqual([0, 0])
  })

  it('finds names without regard to case', () => {
    const snapshot = compile([connectionEntry('a', { name: 'OpenAI' })], [resourceEntry('GPT', ['a'])])
    expect(snapshot.resources.get(nameKey('gpt'))?.name).toBe('GPT')
    expect(snapshot.connections.get(nameKey('OPENAI'))?.id).toBe('a')
  })

  it('ties each connection to its workspace and environment, which its credential is bound to', () => {
    const snapshot = compile([connectionEntry('a')], [])
    expect(snapshot.connections.get('a-name')).toMatchObject({ workspaceId: 'w', environmentId: 'e' })
  })
})

describe('what a target knows', () => {
  const about = { contextTokens: 8_000, maxOutputTokens: null, limits: NO_LIMITS }

  it('takes time limits from the resource, else from its connection, else from the product', () => {
    const connection = connectionEntry('a', { timeouts: { connectMs: 1, idleMs: 2 } })
    const resource = compile([connection], [resourceEntry('r', ['a'], { timeouts: { idleMs: 3 } })]).resources.get('r')
    expect(resource?.primary?.timeouts).toEqual({ ...DEFAULT_TIMEOUTS, connectMs: 1, idleMs: 3 })
  })

  it('finds what its connection says about the model, by own names only', () => {
    const models = { m: about }
    const snapshot = compile([connectionEntry('a', { models })], [resourceEntry('r', ['a'])])
    expect(snapshot.resources.get('r')?.primary?.about).toBe(about)
    const [connection] = snapshot.connections.values()
    expect(connection && compileTarget(connection, 'toString').about.contextTokens).toBeNull()
  })

  it('fills in what the resource leaves out about retries', () => {
    const snapshot = compile([connectionEntry('a')], [resourceEntry('r', ['a'], { retries: { max: 5 } })])
    expect(snapshot.resources.get('r')?.retries).toEqual({ ...DEFAULT_RETRIES, max: 5 })
  })
})

describe('allowsModel', () => {
  it('allows every model where none are listed, and none where the list is empty', () => {
    expect(allowsModel(connectionEntry('a'), 'm')).toBe(true)
    expect(allowsModel(connectionEntry('a', { allowedModels: [] }), 'm')).toBe(false)
  })
})
