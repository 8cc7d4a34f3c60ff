import { z } from 'zod'

/** What a management request can be refused with: the status and what it means. The list is closed. */
export const PROBLEMS = {
  malformed_request: { status: 400, title: 'The request can not be read' },
  not_signed_in: { status: 401, title: 'Nobody is signed in' },
  wrong_credentials: { status: 401, title: 'The e-mail address or the password is wrong' },
  password_change_required: { status: 403, title: 'The password must be changed first' },
  permission_missing: { status: 403, title: 'A permission is missing' },
  owner_required: { status: 403, title: 'Only owners of the workspace may do this' },
  origin_not_allowed: { status: 403, title: 'The request comes from a page that may not send it' },
  grant_exceeds_own: { status: 403, title: 'Nobody can grant what they do not have' },
  not_found: { status: 404, title: 'There is no such thing' },
  name_taken: { status: 409, title: 'The name is taken' },
  in_use: { status: 409, title: 'It is still used' },
  built_in: { status: 409, title: 'What is built in can not be changed' },
  last_administrator: { status: 409, title: 'The last administrator must stay' },
  last_owner: { status: 409, title: 'The last owner must stay' },
  conflict: { status: 409, title: 'The state does not allow this' },
  version_mismatch: { status: 412, title: 'It has changed meanwhile' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  invalid_fields: { status: 422, title: 'Some fields are not right' },
  version_required: { status: 428, title: 'The version to change must be named' },
  too_many_attempts: { status: 429, title: 'Too many attempts' },
  internal_error: { status: 500, title: 'Something went wrong' },
  unavailable: { status: 503, title: 'The gateway can not do this now' },
} as const

export type ProblemCode = keyof typeof PROBLEMS

/** `application/problem+json`: https://www.rfc-editor.org/rfc/rfc9457 */
export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
  /** What happened here, in words. */
  detail: z.string(),
  /** For `invalid_fields`: what is wrong with each. */
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  /** For `in_use`: what uses it. */
  usedBy: z.array(z.strictObject({ kind: z.string(), id: z.string(), name: z.string() })).optional(),
  /** For support: the same as the header `x-request-id`. */
  requestId: z.string().optional(),
})

export type ProblemBody = z.infer<typeof problem>
