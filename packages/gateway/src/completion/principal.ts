import { RefusedApiKey } from '../api-key/refused-api-key.ts'
import type { ApiKeyEntry } from '../catalog/catalog.ts'

/** Someone who is signed in. Whoever hands them over has checked that they may use what they ask for. */
export type UserPrincipal = {
  readonly kind: 'user'
  readonly id: string
  readonly workspaceId: string
  /** Whose resource they ask. */
  readonly environmentId: string
}

/** Who a request comes from. */
export type Principal = ApiKeyEntry | UserPrincipal

export const isUser = (principal: Principal): principal is UserPrincipal => 'kind' in principal

/** Who was refused, where `error` is about someone who is known: what they asked for is recorded as theirs all the same. */
export const refusedPrincipal = (error: unknown): Principal | undefined => RefusedApiKey.apiKeyOf(error)
