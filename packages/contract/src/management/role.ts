import { z } from 'zod'
import { name } from '../name.ts'
import { policyDocument } from '../policy/policy-document.ts'
import { text } from '../text.ts'
import { pageOf, pageQuery } from './paging.ts'
import { permission, route, SIGNED_IN } from './route.ts'
import { tracked } from './tracked.ts'

const fields = { name, description: text(1000), policy: policyDocument }

/** What the users who have it may do. */
export const role = z.strictObject({
  id: z.uuid(),
  ...fields,
  /** It comes with the product and can't be changed. */
  builtIn: z.boolean(),
  ...tracked,
})

export const roleInput = z.strictObject({ ...fields, description: fields.description.default('') })
export const rolePatch = z.strictObject(fields).partial()

/** A user who has a role, since when, and who gave it. */
export const roleMember = z.strictObject({
  userId: z.uuid(),
  email: z.string(),
  name: z.string(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
})

const tag = 'role'
const one = '/roles/{roleId}'
const ON_ONE = 'role:{roleId}'
const ON_MEMBERS = `${ON_ONE}/role-member:*`
const ON_MEMBER = `${ON_ONE}/role-member:{userId}`

export const roleRoutes = {
  listPermissions: route({
    id: 'listPermissions',
    method: 'GET',
    path: '/permissions',
    tag,
    summary: 'List what policies can permit',
    description: 'Every action, and the pattern of the resources that it is done to.',
    access: SIGNED_IN,
    status: 200,
    answer: z.strictObject({ items: z.array(z.strictObject({ action: z.string(), resources: z.array(z.string()) })) }),
  }),
  listRoles: route({
    id: 'listRoles',
    method: 'GET',
    path: '/roles',
    tag,
    summary: 'List roles',
    access: permission('role:list', 'role:*'),
    query: pageQuery,
    status: 200,
    answer: pageOf(role),
  }),
  createRole: route({
    id: 'createRole',
    method: 'POST',
    path: '/roles',
    tag,
    summary: 'Create a role',
    description: 'Refused where it permits what your own roles do not, and where a statement can not take effect.',
    access: permission('role:create', 'role:*'),
    body: roleInput,
    status: 201,
    answer: role,
  }),
  getRole: route({
    id: 'getRole',
    method: 'GET',
    path: one,
    tag,
    summary: 'Get a role',
    access: permission('role:get', ON_ONE),
    status: 200,
    answer: role,
  }),
  updateRole: route({
    id: 'updateRole',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Change a role',
    description:
      'What is built in can not be changed. Refused where it permits, or no longer denies, what your own roles do not ' +
      'allow. Who has the role is checked anew with their next request.',
    access: permission('role:update', ON_ONE),
    ifMatch: true,
    body: rolePatch,
    status: 200,
    answer: role,
  }),
  deleteRole: route({
    id: 'deleteRole',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Delete a role',
    description: 'Refused while somebody has it.',
    access: permission('role:delete', ON_ONE),
    ifMatch: true,
    status: 204,
  }),
  listRoleMembers: route({
    id: 'listRoleMembers',
    method: 'GET',
    path: `${one}/members`,
    tag,
    summary: 'List who has a role',
    description: 'Of the users that you may get.',
    access: permission('role-member:list', ON_MEMBERS),
    query: pageQuery,
    status: 200,
    answer: pageOf(roleMember),
  }),
  addRoleMember: route({
    id: 'addRoleMember',
    method: 'PUT',
    path: `${one}/members/{userId}`,
    tag,
    summary: 'Give a role to a user',
    description: 'Refused where the role permits what your own roles do not. Giving it again changes nothing.',
    access: permission('role-member:create', ON_MEMBER),
    status: 200,
    answer: roleMember,
  }),
  removeRoleMember: route({
    id: 'removeRoleMember',
    method: 'DELETE',
    path: `${one}/members/{userId}`,
    tag,
    summary: 'Take a role from a user',
    description: 'Refused for the last administrator, and where the role denies what your own roles do not allow.',
    access: permission('role-member:delete', ON_MEMBER),
    status: 204,
  }),
}

export type Role = z.infer<typeof role>
export type RoleInput = z.infer<typeof roleInput>
export type RolePatch = z.infer<typeof rolePatch>
export type RoleMember = z.infer<typeof roleMember>
