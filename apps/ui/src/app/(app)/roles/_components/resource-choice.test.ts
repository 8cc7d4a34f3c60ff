import { policyProblems } from '@vm-x/contract'
import { describe, expect, it } from 'vitest'
import { KNOWN_PERMISSIONS } from './draft-rows.ts'
import { RESOURCE_KINDS, resourcePatterns } from './resource-choice.ts'

const ID = '019ab000-0000-7000-8000-00000000000a'

describe('a chosen resource', () => {
  it('makes patterns that can take effect, with every id named and with none', () => {
    for (const { id: kind } of RESOURCE_KINDS)
      for (const depth of ['with-contents', 'itself', 'contents'] as const)
        for (const ids of [{}, { workspaceId: ID, environmentId: ID, objectId: ID }]) {
          const resources = resourcePatterns({ kind, depth, ...ids })
          const statements = [{ effect: 'allow' as const, actions: ['*'], resources }]
          expect(policyProblems({ statements }, KNOWN_PERMISSIONS)).toEqual([])
        }
  })

  it('names an environment beside what is in it', () => {
    const choice = { kind: 'environment', workspaceId: 'w', environmentId: 'e', depth: 'with-contents' } as const
    expect(resourcePatterns(choice)).toEqual(['workspace:w/environment:e', 'workspace:w/environment:e/*'])
  })
})
