import { z } from 'zod'
import { limitFields } from '../limits.ts'
import { name } from '../name.ts'
import { timeZone } from '../time-zone.ts'
import { emailAddress } from './auth.ts'
import { cascadeQuery } from './cascade.ts'
import { pageOf, pageQuery } from './paging.ts'
import { IN_WORKSPACE, ownerPermission, permission, route, SIGNED_IN } from './route.ts'
import { tracked } from './tracked.ts'

const fields = {
  name,
  /** Where the days, weeks and months of limits begin. */
  timeZone,
  ...limitFields,
}

/** What a user is in a workspace. */
export const membership = z.enum(['owner', 'member'])

/** A tenant: who is no member of it sees nothing of it. */
export const workspace = z.strictObject({
  id: z.uuid(),
  ...fields,
  /** What whoever asks is in it. */
  membership,
  ...tracked,
})

export const workspaceInput = z.strictObject({
  ...fields,
  timeZone: timeZone.default('UTC'),
  capacity: limitFields.capacity.default([]),
  maxConcurrent: limitFields.maxConcurrent.default(null),
})

export const workspacePatch = z.strictObject(fields).partial()

/** A user in a workspace. */
export const workspaceMember = z.strictObject({
  userId: z.uuid(),
  email: z.string(),
  name: z.string(),
  membership,
  ...tracked,
})

const tag = 'workspace'
const ON_MEMBER = `${IN_WORKSPACE}/workspace-member:{userId}`
const ON_MEMBERS = `${IN_WORKSPACE}/workspace-member:*`

export const workspaceRoutes = {
  listWorkspaces: route({
    id: 'listWorkspaces',
    method: 'GET',
    path: '/workspaces',
    tag,
    summary: 'List the workspaces that you are a member of',
    access: permission('workspace:list', 'workspace:*'),
    query: pageQuery,
    status: 200,
    answer: pageOf(workspace),
  }),
  createWorkspace: route({
    id: 'createWorkspace',
    method: 'POST',
    path: '/workspaces',
    tag,
    summary: 'Create a workspace and own it',
    access: permission('workspace:create', 'workspace:*'),
    body: workspaceInput,
    status: 201,
    answer: workspace,
  }),
  getWorkspace: route({
    id: 'getWorkspace',
    method: 'GET',
    path: '/workspaces/{workspaceId}',
    tag,
    summary: 'Get a workspace',
    access: permission('workspace:get', IN_WORKSPACE),
    status: 200,
    answer: workspace,
  }),
  updateWorkspace: route({
    id: 'updateWorkspace',
    method: 'PATCH',
    path: '/workspaces/{workspaceId}',
    tag,
    summary: 'Change a workspace',
    access: ownerPermission('workspace:update', IN_WORKSPACE),
    ifMatch: true,
    body: workspacePatch,
    status: 200,
    answer: workspace,
  }),
  deleteWorkspace: route({
    id: 'deleteWorkspace',
    method: 'DELETE',
    path: '/workspaces/{workspaceId}',
    tag,
    summary: 'Delete a workspace',
    description:
      'Refused while it has environments, unless `cascade=true`, which deletes them and all in them: it needs the ' +
      'permission to delete each.',
    access: ownerPermission('workspace:delete', IN_WORKSPACE),
    ifMatch: true,
    query: cascadeQuery,
    status: 204,
  }),
  leaveWorkspace: route({
    id: 'leaveWorkspace',
    method: 'POST',
    path: '/workspaces/{workspaceId}/leave',
    tag,
    summary: 'Leave a workspace',
    description: 'Refused for its last owner.',
    access: SIGNED_IN,
    status: 204,
  }),
  listWorkspaceMembers: route({
    id: 'listWorkspaceMembers',
    method: 'GET',
    path: '/workspaces/{workspaceId}/members',
    tag,
    summary: 'List the members of a workspace',
    description: 'With their names and addresses, whatever the caller may see of users: members know each other.',
    access: permission('workspace-member:list', ON_MEMBERS),
    query: pageQuery,
    status: 200,
    answer: pageOf(workspaceMember),
  }),
  addWorkspaceMember: route({
    id: 'addWorkspaceMember',
    method: 'POST',
    path: '/workspaces/{workspaceId}/members',
    tag,
    summary: 'Add a user to a workspace',
    access: ownerPermission('workspace-member:create', ON_MEMBERS),
    body: z.strictObject({ email: emailAddress, membership: membership.default('member') }),
    status: 201,
    answer: workspaceMember,
  }),
  updateWorkspaceMember: route({
    id: 'updateWorkspaceMember',
    method: 'PATCH',
    path: '/workspaces/{workspaceId}/members/{userId}',
    tag,
    summary: 'Make a member an owner, or an owner a member',
    access: ownerPermission('workspace-member:update', ON_MEMBER),
    ifMatch: true,
    body: z.strictObject({ membership }),
    status: 200,
    answer: workspaceMember,
  }),
  removeWorkspaceMember: route({
    id: 'removeWorkspaceMember',
    method: 'DELETE',
    path: '/workspaces/{workspaceId}/members/{userId}',
    tag,
    summary: 'Remove a member from a workspace',
    description: 'Refused for its last owner.',
    access: ownerPermission('workspace-member:delete', ON_MEMBER),
    ifMatch: true,
    status: 204,
  }),
}

export type Workspace = z.infer<typeof workspace>
export type WorkspaceInput = z.infer<typeof workspaceInput>
export type WorkspacePatch = z.infer<typeof workspacePatch>
export type WorkspaceMember = z.infer<typeof workspaceMember>
export type Membership = z.infer<typeof membership>
