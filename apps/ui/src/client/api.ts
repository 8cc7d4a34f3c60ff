import createClient, { type Middleware } from 'openapi-fetch'
import { isProblem, problemOf, unreachable } from './problem'
import type { paths } from './schema'

/** Hears `refused` whenever a call finds that nobody is signed in any more, or not with a password of their own. */
export const sessions = new EventTarget()

const refusals: Middleware = {
  async onResponse({ response, schemaPath }) {
    if (response.ok) return
    const problem = problemOf(response, await response.json().catch(() => undefined))
    const ended = isProblem(problem, 'not_signed_in') || isProblem(problem, 'password_change_required')
    if (ended && schemaPath !== '/auth/session') sessions.dispatchEvent(new Event('refused'))
    throw problem
  },
  onError: ({ error }) => (error instanceof Error && error.name === 'AbortError' ? error : unreachable()),
}

/**
 * The management API, with paths, parameters, bodies and answers as its OpenAPI document says. What is no success rejects
 * with a `Problem`.
 *
 * @example const page = await answerOf(api.GET('/workspaces', { params: { query: { limit: 200 } } }))
 */
export const api = createClient<paths>({ baseUrl: '/management/v1' })
api.use(refusals)

/** The body of an answer. */
export async function answerOf<Answer>(call: Promise<{ data?: Answer | undefined }>): Promise<Answer> {
  const { data } = await call
  // Refusals have been thrown; an answer without a body is `undefined` by its type, too.
  return data as Answer
}

/** The header that names the version that is to be changed. */
export const ifMatch = (version: number) => ({ 'If-Match': `"${version}"` })

/** All pages of a list. */
export async function allPages<Item>(
  page: (query: { limit: number; cursor?: string }) => Promise<{ items: Item[]; next?: string | undefined }>,
): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const answer = await page({ limit: 200, ...(cursor !== undefined && { cursor }) })
    items.push(...answer.items)
    cursor = answer.next
  } while (cursor !== undefined)
  return items
}
