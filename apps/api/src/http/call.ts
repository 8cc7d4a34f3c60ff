import type { Policy, Route } from '@vm-x/contract'
import type { z } from 'zod'
import type { Author } from '../change/author.ts'

/** Who is signed in. */
export type SignedIn = {
  readonly sessionId: string
  readonly user: {
    readonly id: string
    readonly email: string
    readonly name: string
    readonly state: 'active' | 'must_change_password'
  }
}

/** A request to the management API: checked, and allowed as far as its path tells. */
export type Call<R extends Route = Route> = {
  readonly route: R
  readonly params: Readonly<Record<string, string>>
  readonly query: R extends Route<infer Query, z.ZodType, z.ZodType> ? z.output<Query> : never
  readonly body: R extends Route<z.ZodType, infer Body, z.ZodType> ? z.output<Body> : never
  /** What `If-Match` names; 0 where the route asks for none. */
  readonly version: number
  /** Undefined on public routes. */
  readonly signedIn: SignedIn | undefined
  /** What the roles of who is signed in permit. */
  readonly policy: Policy
  /** Who changes will be recorded for, and where the request came from. */
  readonly author: Author
}

/** The id that a parameter of the path names. */
export function param(call: Pick<Call, 'params'>, name: string): string {
  const value = call.params[name]
  if (value === undefined) throw new Error(`The path has no parameter ${name}`)
  return value
}

export const workspaceOf = (call: Pick<Call, 'params'>) => ({ workspaceId: param(call, 'workspaceId') })

export const environmentOf = (call: Pick<Call, 'params'>) => ({
  workspaceId: param(call, 'workspaceId'),
  environmentId: param(call, 'environmentId'),
})

/** Who is signed in, on routes that only answer when somebody is. */
export function signedInOf({ signedIn }: Pick<Call, 'signedIn'>): SignedIn {
  if (!signedIn) throw new Error('The route is public')
  return signedIn
}

export const userOf = (call: Pick<Call, 'signedIn'>): SignedIn['user'] => signedInOf(call).user
