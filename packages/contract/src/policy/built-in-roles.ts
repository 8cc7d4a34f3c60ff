import type { PolicyDocument } from './policy-document.ts'

export type BuiltInRole = {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly policy: PolicyDocument
}

/** The roles that every installation has and nobody can change. */
export const BUILT_IN_ROLES = {
  admin: {
    id: '019ab000-0000-7000-8000-000000000001',
    name: 'admin',
    description: 'Everything',
    policy: { statements: [{ effect: 'allow', actions: ['*'], resources: ['*'] }] },
  },
  powerUser: {
    id: '019ab000-0000-7000-8000-000000000002',
    name: 'power-user',
    description: 'Everything but users, roles and who has them',
    policy: {
      statements: [
        { effect: 'allow', actions: ['*'], resources: ['*'] },
        { effect: 'deny', actions: ['user:*', 'user-session:*', 'role:*', 'role-member:*'], resources: ['*'] },
      ],
    },
  },
  readOnly: {
    id: '019ab000-0000-7000-8000-000000000003',
    name: 'read-only',
    description: 'Every get, list and query',
    policy: { statements: [{ effect: 'allow', actions: ['*:get', '*:list', '*:query'], resources: ['*'] }] },
  },
} satisfies Record<string, BuiltInRole>
