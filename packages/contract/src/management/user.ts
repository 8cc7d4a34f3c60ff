import { z } from 'zod'
import { text } from '../text.ts'
import { emailAddress, session, userState } from './auth.ts'
import { pageOf, pageQuery } from './paging.ts'
import { permission, permissionOnOthers, route } from './route.ts'
import { tracked } from './tracked.ts'
import { userAccess, userAccessQuery } from './user-access.ts'

const personName = text(100).trim().min(1)

/** Somebody who can sign in, and what they may do. */
export const user = z.strictObject({
  id: z.uuid(),
  /** In lower case; unique. */
  email: z.string(),
  name: z.string(),
  state: userState,
  /** Whoever may get the user sees which these are; what they permit, whoever may get the role. */
  roles: z.array(z.strictObject({ id: z.uuid(), name: z.string() })),
  ...tracked,
})

export const userInput = z.strictObject({ email: emailAddress, name: personName })

/** The password that the user signs in with once, and must change then. Shown this once. */
const oneTimePassword = z.string()

const tag = 'user'
const one = '/users/{userId}'
const ON_ONE = 'user:{userId}'

export const userRoutes = {
  listUsers: route({
    id: 'listUsers',
    method: 'GET',
    path: '/users',
    tag,
    summary: 'List users',
    access: permission('user:list', 'user:*'),
    query: pageQuery,
    status: 200,
    answer: pageOf(user),
  }),
  createUser: route({
    id: 'createUser',
    method: 'POST',
    path: '/users',
    tag,
    summary: 'Create a user with a one-time password',
    access: permission('user:create', 'user:*'),
    body: userInput,
    status: 201,
    answer: z.strictObject({ ...user.shape, oneTimePassword }),
  }),
  getUser: route({
    id: 'getUser',
    method: 'GET',
    path: one,
    tag,
    summary: 'Get a user',
    access: permission('user:get', ON_ONE),
    status: 200,
    answer: user,
  }),
  updateUser: route({
    id: 'updateUser',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Change, disable or enable a user',
    description:
      'Disabling ends every session at once; refused for the last active administrator. Whoever is enabled again must ' +
      'change the password. Disabling, enabling, and changing the address, only for users whose roles do not exceed your ' +
      'own.',
    access: permission('user:update', ON_ONE),
    ifMatch: true,
    body: z.strictObject({
      email: emailAddress.optional(),
      name: personName.optional(),
      disabled: z.boolean().optional(),
    }),
    status: 200,
    answer: user,
  }),
  deleteUser: route({
    id: 'deleteUser',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Delete a user',
    description:
      'They leave every workspace. Refused for the last administrator and for the last owner of a workspace. Only for ' +
      'users whose roles do not exceed your own.',
    access: permission('user:delete', ON_ONE),
    ifMatch: true,
    status: 204,
  }),
  resetPassword: route({
    id: 'resetPassword',
    method: 'POST',
    path: `${one}/reset-password`,
    tag,
    summary: 'Give a user a new one-time password',
    description:
      'Ends every session of the user. Only for users whose roles do not exceed your own, and not for yourself: ' +
      '`/auth/password` asks for the current one.',
    access: permission('user:reset-password', ON_ONE),
    ifMatch: true,
    status: 200,
    answer: z.strictObject({ ...user.shape, oneTimePassword }),
  }),
  getUserAccess: route({
    id: 'getUserAccess',
    method: 'GET',
    path: `${one}/access`,
    tag,
    summary: 'Ask what a user may do, and by which statement',
    description:
      'Every permission that there is in a workspace or an environment of yours, or outside of them, with what the ' +
      'roles of the user decide. The statements themselves are there for who may get their roles.',
    access: permissionOnOthers('user:get', ON_ONE),
    query: userAccessQuery,
    status: 200,
    answer: userAccess,
  }),
  listUserSessions: route({
    id: 'listUserSessions',
    method: 'GET',
    path: `${one}/sessions`,
    tag,
    summary: 'List the sessions of a user',
    access: permission('user-session:list', ON_ONE),
    status: 200,
    answer: z.strictObject({ items: z.array(session) }),
  }),
  endUserSessions: route({
    id: 'endUserSessions',
    method: 'DELETE',
    path: `${one}/sessions`,
    tag,
    summary: 'End every session of a user',
    description: 'Only for users whose roles do not exceed your own.',
    access: permission('user-session:delete', ON_ONE),
    status: 204,
  }),
}

export type User = z.infer<typeof user>
