import { isShowable } from './answer-headers.ts'

/**
 * The names in an answer to `GET /models`, sorted: OpenAI's `{ data: [{ id }] }`, or the list alone as Together AI has
 * it. Undefined when it is neither. What can't be the name of a model is left out, and what holds our credential.
 */
export function modelIds(answer: unknown, prefix: string, secret: string | null): readonly string[] | undefined {
  const rows: unknown = isRecord(answer) ? answer['data'] : answer
  if (!Array.isArray(rows)) return undefined
  const ids = new Set<string>()
  for (const row of rows) {
    const id: unknown = isRecord(row) ? row['id'] : undefined
    if (typeof id !== 'string') continue
    const name = id.startsWith(prefix) ? id.slice(prefix.length) : id
    if (name !== '' && name.length <= LONGEST_NAME && isShowable(name, secret)) ids.add(name)
    if (ids.size === MOST_MODELS) break
  }
  return [...ids].sort()
}

/** As configuration takes them. */
const LONGEST_NAME = 256
const MOST_MODELS = 5_000

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
