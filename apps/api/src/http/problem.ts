import { PROBLEMS, type ProblemBody, type ProblemCode } from '@vm-x/contract'

export type FieldError = { readonly path: string; readonly message: string }
export type UsedBy = { readonly kind: string; readonly id: string; readonly name: string }

type Details = {
  readonly errors?: readonly FieldError[]
  readonly usedBy?: readonly UsedBy[]
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/** Why a management request is refused. `detail` is for people and never holds a secret. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly errors: readonly FieldError[]
  readonly usedBy: readonly UsedBy[]
  readonly retryAfterMs: number | undefined

  constructor(code: ProblemCode, detail: string, { errors = [], usedBy = [], retryAfterMs, cause }: Details = {}) {
    super(detail, { cause })
    this.code = code
    this.errors = errors
    this.usedBy = usedBy
    this.retryAfterMs = retryAfterMs
  }

  get status(): number {
    return PROBLEMS[this.code].status
  }

  body(requestId?: string): ProblemBody {
    const { status, title } = PROBLEMS[this.code]
    return {
      type: 'about:blank',
      title,
      status,
      code: this.code,
      detail: this.message,
      ...(this.errors.length > 0 ? { errors: [...this.errors] } : {}),
      ...(this.usedBy.length > 0 ? { usedBy: [...this.usedBy] } : {}),
      ...(requestId === undefined ? {} : { requestId }),
    }
  }
}

/** The fields that are wrong, each by its path, e.g. `routing[0].when.field`. */
export function invalidFields(errors: readonly FieldError[]): Problem {
  const told = errors.slice(0, MOST_IN_WORDS).map(({ path, message }) => `${path || 'body'}: ${message}`)
  const more = errors.length - told.length
  return new Problem('invalid_fields', told.join('; ') + (more > 0 ? `; and ${more} more` : ''), { errors })
}

const MOST_IN_WORDS = 10

/** The same answer whether it never was, is gone, or belongs to somebody else. */
export const notFound = (what: string): Problem => new Problem('not_found', `There is no such ${what}`)
