import { BUILT_IN_ROLES, policyProblems } from '@vm-x/contract'
import { expect, test } from 'vitest'
import { knownPermissions } from './known-permissions.ts'

test.each(Object.values(BUILT_IN_ROLES))('every pattern of the role $name takes effect on some route', ({ policy }) => {
  expect(policyProblems(policy, knownPermissions)).toEqual([])
})
