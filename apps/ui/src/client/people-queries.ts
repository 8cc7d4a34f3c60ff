import { queryOptions } from '@tanstack/react-query'
import { allPages, answerOf, api } from './api'
import type { components } from './schema'

type Schemas = components['schemas']
export type User = Schemas['User']
export type Role = Schemas['Role']
export type UserAccess = Schemas['UserAccess']

const allUsers = () => allPages((query) => answerOf(api.GET('/users', { params: { query } })))
const allRoles = () => allPages((query) => answerOf(api.GET('/roles', { params: { query } })))
const membersOfRole = (roleId: string) =>
  allPages((query) => answerOf(api.GET('/roles/{roleId}/members', { params: { path: { roleId }, query } })))
const membersOfWorkspace = (workspaceId: string) =>
  allPages((query) =>
    answerOf(api.GET('/workspaces/{workspaceId}/members', { params: { path: { workspaceId }, query } })),
  )
const sessionsOf = async (userId: string) =>
  (await answerOf(api.GET('/users/{userId}/sessions', { params: { path: { userId } } }))).items

/** The beginning of the keys of users and roles: what one may do is asked for again when either changes. */
export const peopleKey = ['people'] as const

export const usersQuery = queryOptions({ queryKey: [...peopleKey, 'users'], queryFn: allUsers })

export const userQuery = (userId: string) =>
  queryOptions({
    queryKey: [...peopleKey, 'user', userId],
    queryFn: () => answerOf(api.GET('/users/{userId}', { params: { path: { userId } } })),
  })

export const userSessionsQuery = (userId: string) =>
  queryOptions({ queryKey: [...peopleKey, 'user', userId, 'sessions'], queryFn: () => sessionsOf(userId) })

/** What a user may do outside of workspaces, in one of them or in one of its environments. */
export const userAccessQuery = (userId: string, place: { workspaceId?: string; environmentId?: string }) =>
  queryOptions({
    queryKey: [...peopleKey, 'user', userId, 'access', place],
    queryFn: () => answerOf(api.GET('/users/{userId}/access', { params: { path: { userId }, query: place } })),
  })

export const rolesQuery = queryOptions({ queryKey: [...peopleKey, 'roles'], queryFn: allRoles })

export const roleQuery = (roleId: string) =>
  queryOptions({
    queryKey: [...peopleKey, 'role', roleId],
    queryFn: () => answerOf(api.GET('/roles/{roleId}', { params: { path: { roleId } } })),
  })

export const roleMembersQuery = (roleId: string) =>
  queryOptions({ queryKey: [...peopleKey, 'role', roleId, 'members'], queryFn: () => membersOfRole(roleId) })

export const workspaceQuery = (workspaceId: string) =>
  queryOptions({
    queryKey: ['workspace', workspaceId, 'itself'],
    queryFn: () => answerOf(api.GET('/workspaces/{workspaceId}', { params: { path: { workspaceId } } })),
  })

export const workspaceMembersQuery = (workspaceId: string) =>
  queryOptions({ queryKey: ['workspace', workspaceId, 'members'], queryFn: () => membersOfWorkspace(workspaceId) })
