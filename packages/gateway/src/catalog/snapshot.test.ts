import { describe, expect, it } from 'vitest'
import { connectionEntry, environmentEntry, resourceEntry } from '../testing/catalog-double.ts'
import { allowsModel, compileSnapshot, nameKey } from './snapshot.ts'

const targetsOf = (...args: Parameters<typeof environmentEntry>) =>
  compileSnapshot(environmentEntry(...args))
    .resources.get('r')
    ?.targets.map(({ connection, model }) => `${connection.id}/${model}`)

describe('compileSnapshot', () => {
  it('lists the primary target of a resource first, then its fallbacks in order', () => {
    const connections = ['a', 'b', 'c'].map((id) => connectionEntry(id))
    expect(targetsOf(connections, [resourceEntry('r', ['b', 'c', 'a'])])).toEqual(['b/m', 'c/m', 'a/m'])
  })

  it('leaves out targets whose connection is disabled or does not exist', () => {
    const connections = [connectionEntry('a', { enabled: false }), connectionEntry('b')]
    expect(targetsOf(connections, [resourceEntry('r', ['a', 'b', 'gone'])])).toEqual(['b/m'])
  })

  it('leaves out targets whose model the connection does not allow', () => {
    const connections = [connectionEntry('a', { allowedModels: [] }), connectionEntry('b', { allowedModels: ['m'] })]
    expect(targetsOf(connections, [resourceEntry('r', ['a', 'b'])])).toEqual(['b/m'])
  })

  it('knows disabled resources and connections not at all', () => {
    const snapshot = compileSnapshot(
      environmentEntry([connectionEntry('a', { enabled: false })], [resourceEntry('r', ['a'], { enabled: false })]),
    )
    expect([snapshot.resources.size, snapshot.connections.size]).toEqual([0, 0])
  })

  it('finds names without regard to case', () => {
    const snapshot = compileSnapshot(
      environmentEntry([connectionEntry('a', { name: 'OpenAI' })], [resourceEntry('GPT', ['a'])]),
    )
    expect(snapshot.resources.get(nameKey('gpt'))?.name).toBe('GPT')
    expect(snapshot.connections.get(nameKey('OPENAI'))?.id).toBe('a')
  })

  it('ties each connection to its workspace and environment, which its credential is bound to', () => {
    const snapshot = compileSnapshot(environmentEntry([connectionEntry('a')], []))
    expect(snapshot.connections.get('a-name')).toMatchObject({ workspaceId: 'w', environmentId: 'e' })
  })
})

describe('allowsModel', () => {
  it('allows every model where none are listed, and none where the list is empty', () => {
    expect(allowsModel(connectionEntry('a'), 'm')).toBe(true)
    expect(allowsModel(connectionEntry('a', { allowedModels: [] }), 'm')).toBe(false)
  })
})
