import type { ProblemBody, ProblemCode } from '@vm-x/contract'

type Code = ProblemCode | 'api_unreachable'

/** A refusal of the management API, or that it did not answer: `api_unreachable`. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: Code
  readonly status: number
  readonly title: string
  readonly detail: string
  /** What is wrong with each field, by its path, e.g. `config.baseUrl`. */
  readonly errors: NonNullable<ProblemBody['errors']>
  /** What still uses what was to be deleted. */
  readonly usedBy: NonNullable<ProblemBody['usedBy']>
  readonly requestId: string | undefined
  /** When a further try can succeed. */
  readonly retryAfterSeconds: number | undefined

  constructor(body: Omit<ProblemBody, 'code' | 'type'> & { code: Code }, retryAfterSeconds?: number) {
    super(body.detail)
    this.code = body.code
    this.status = body.status
    this.title = body.title
    this.detail = body.detail
    this.errors = body.errors ?? []
    this.usedBy = body.usedBy ?? []
    this.requestId = body.requestId
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Narrows to a problem, of one code where one is named. */
export function isProblem(error: unknown, code?: Code): error is Problem {
  return error instanceof Problem && (code === undefined || error.code === code)
}

/** What an answer that is no success says, whatever its body is. */
export function problemOf(response: Response, body: unknown): Problem {
  const retryAfter = Number(response.headers.get('retry-after'))
  const seconds = Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined
  if (isProblemBody(body)) return new Problem(body, seconds)
  return new Problem(
    {
      code: response.status >= 502 ? 'api_unreachable' : 'internal_error',
      status: response.status,
      title: 'Something went wrong',
      detail: `The API answered ${response.status} without saying why.`,
      requestId: response.headers.get('x-request-id') ?? undefined,
    },
    seconds,
  )
}

export const unreachable = () =>
  new Problem({
    code: 'api_unreachable',
    status: 0,
    title: 'The API can not be reached',
    detail: 'No answer came back. Check your connection and that the server runs, then try again.',
  })

const isProblemBody = (body: unknown): body is ProblemBody =>
  typeof body === 'object' && body !== null && 'code' in body && 'detail' in body && 'title' in body
