import type { z } from 'zod'

/** Who may call a route: anyone, anyone who is signed in, or whoever has the permission. */
export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'signed-in'; readonly whilePasswordExpired: boolean }
  | {
      readonly kind: 'permission'
      /** e.g. `ai-connection:create` */
      readonly action: string
      /** What the action is done to, with parameters of the path, e.g. `workspace:{workspaceId}/environment:*`. */
      readonly on: string
      /** Also needs to own the workspace of the path. */
      readonly owner: boolean
      /** Nobody needs it where the `userId` of the path is their own. */
      readonly exceptOwn?: true
    }

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * One operation of the management API: the server answers to it, the OpenAPI document describes it, the tests of
 * permissions and tenants go through all of it.
 */
export type Route<
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> = {
  /** The `operationId`, e.g. `createAiConnection`. */
  readonly id: string
  readonly method: Method
  /** Below `/management/v1`, e.g. `/workspaces/{workspaceId}`. Each parameter is an id. */
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  readonly access: Access
  /** The request must name, in `If-Match`, the version that it changes. */
  readonly ifMatch?: true
  readonly query?: Query
  readonly body?: Body
  readonly status: 200 | 201 | 204
  readonly answer?: Answer
  /** Where the answer is no JSON: its media types. */
  readonly media?: readonly string[]
}

export const PUBLIC: Access = { kind: 'public' }
export const SIGNED_IN: Access = { kind: 'signed-in', whilePasswordExpired: false }
/** Also for who must change their password before anything else. */
export const SIGNED_IN_TO_CHANGE_PASSWORD: Access = { kind: 'signed-in', whilePasswordExpired: true }

export const permission = (action: string, on: string): Access => ({ kind: 'permission', action, on, owner: false })
export const ownerPermission = (action: string, on: string): Access => ({ kind: 'permission', action, on, owner: true })
/** On a user; everyone may ask it of themselves. */
export const permissionOnOthers = (action: string, on: string): Access => ({
  kind: 'permission',
  action,
  on,
  owner: false,
  exceptOwn: true,
})

/** Keeps the types of the schemas. */
export const route = <
  Query extends z.ZodType = z.ZodNever,
  Body extends z.ZodType = z.ZodNever,
  Answer extends z.ZodType = z.ZodVoid,
>(
  definition: Route<Query, Body, Answer>,
): Route<Query, Body, Answer> => definition

export const MANAGEMENT_PREFIX = '/management/v1'
export const IN_WORKSPACE = 'workspace:{workspaceId}'
export const IN_ENVIRONMENT = 'workspace:{workspaceId}/environment:{environmentId}'
