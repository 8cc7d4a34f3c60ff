import { isRecord, numberIn, textIn } from './json.ts'

/** What came of one message so far, and what is known of how. */
export type ChatAnswer = {
  /**
   * `stopped`: by who asked. `refused`: nothing was answered. `broken`: it ended before it was complete, whatever has
   * come of it: only `complete` is a success.
   */
  readonly state: 'waiting' | 'streaming' | 'complete' | 'stopped' | 'broken' | 'refused'
  readonly text: string
  readonly finishReason?: string
  readonly usage?: { readonly input: number; readonly output: number }
  readonly place?: Place
  /** What its audit record is found by. */
  readonly requestId?: string
  readonly firstTokenMs?: number
  readonly durationMs?: number
  readonly problem?: ChatProblem
}

/** Who answered, as the headers say. */
export type Place = {
  readonly provider: string
  readonly connectionId?: string
  readonly model: string
  readonly attempts: number
  /** How many targets were passed over before. */
  readonly fallbacks: number
  /** The rule that decided, counted from 0. */
  readonly rule?: number
}

export type ChatProblem = {
  readonly code: string
  readonly message: string
  /** Who refused: the gateway or the provider. */
  readonly source?: string
  /** When a further try can succeed. */
  readonly retryAfterMs?: number
}

export const WAITING: ChatAnswer = { state: 'waiting', text: '' }

/** What the headers tell before anything of the answer is there. */
export function begun(headers: Headers): ChatAnswer {
  const requestId = headers.get('x-request-id')
  const provider = headers.get('x-vmx-provider')
  const connectionId = headers.get('x-vmx-connection-id')
  const rule = headers.get('x-vmx-route')
  return {
    state: 'streaming',
    text: '',
    ...(requestId !== null && { requestId }),
    ...(provider !== null && {
      place: {
        provider,
        ...(connectionId !== null && { connectionId }),
        model: decoded(headers.get('x-vmx-model') ?? ''),
        attempts: Number(headers.get('x-vmx-attempts') ?? 1),
        fallbacks: Number(headers.get('x-vmx-fallback') ?? 0),
        ...(rule !== null && { rule: Number(rule) }),
      },
    }),
  }
}

/** The answer with one more event of its stream. */
export function withEvent(answer: ChatAnswer, data: string): ChatAnswer {
  if (answer.state !== 'streaming') return answer
  if (data === '[DONE]') return { ...answer, state: 'complete' }
  const event = parsed(data)
  const problem = problemIn(event)
  if (problem) return { ...answer, state: 'broken', problem }
  return withParts(answer, event, 'delta')
}

/** The answer that came in one piece. */
export function withBody(answer: ChatAnswer, body: string): ChatAnswer {
  const completion = parsed(body)
  if (!isRecord(completion) || !Array.isArray(completion['choices'])) return cutOff(answer)
  return { ...withParts(answer, completion, 'message'), state: 'complete' }
}

/** It ended, and nothing said that it was complete. */
export function cutOff(answer: ChatAnswer): ChatAnswer {
  if (answer.state !== 'streaming') return answer
  return {
    ...answer,
    state: 'broken',
    problem: { code: 'incomplete', message: 'The answer broke off before it was complete.' },
  }
}

/** Why there is no answer: an error of the OpenAI API, or a problem of the management API. */
export function refused(status: number, headers: Headers, body: string): ChatAnswer {
  const requestId = headers.get('x-request-id')
  const source = headers.get('x-vmx-error-source')
  const retryAfterMs = retryAfter(headers)
  const problem = problemIn(parsed(body)) ?? {
    code: `status ${status}`,
    message: `The API answered ${status} without saying why.`,
  }
  return {
    state: 'refused',
    text: '',
    ...(requestId !== null && { requestId }),
    problem: { ...problem, ...(source !== null && { source }), ...(retryAfterMs !== undefined && { retryAfterMs }) },
  }
}

function withParts(answer: ChatAnswer, event: unknown, part: 'delta' | 'message'): ChatAnswer {
  if (!isRecord(event)) return answer
  const [choice] = Array.isArray(event['choices']) ? event['choices'] : []
  const piece: unknown = isRecord(choice) ? choice[part] : undefined
  // A model that declines says so in a field of its own.
  const text = textIn(piece, 'content') || textIn(piece, 'refusal')
  const finishReason = textIn(choice, 'finish_reason')
  const input = numberIn(event['usage'], 'prompt_tokens')
  const output = numberIn(event['usage'], 'completion_tokens')
  return {
    ...answer,
    text: answer.text + text,
    ...(finishReason !== '' && { finishReason }),
    ...(input !== undefined && { usage: { input, output: output ?? 0 } }),
  }
}

function problemIn(body: unknown): ChatProblem | undefined {
  if (!isRecord(body)) return undefined
  const error = body['error']
  if (isRecord(error) || typeof error === 'string')
    return {
      code: textIn(error, 'code') || textIn(error, 'type') || 'error',
      message: (typeof error === 'string' ? error : textIn(error, 'message')) || 'It does not say why.',
    }
  if (!body['code'] || !body['detail']) return undefined
  return { code: textIn(body, 'code'), message: [fieldErrors(body), textIn(body, 'detail')].find(Boolean) ?? '' }
}

/** What is wrong with which field, of a problem that says so. */
function fieldErrors(body: Record<string, unknown>): string {
  const errors: readonly unknown[] = Array.isArray(body['errors']) ? body['errors'] : []
  return errors.map((error) => `${textIn(error, 'path')} ${textIn(error, 'message')}`.trim()).join('; ')
}

function retryAfter(headers: Headers): number | undefined {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN)
  if (ms >= 0) return ms
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return seconds >= 0 ? seconds * 1000 : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What is no ASCII is percent-encoded in headers. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
