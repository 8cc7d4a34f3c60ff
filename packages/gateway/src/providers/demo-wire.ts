import type { DemoAnswer } from './demo-answers.ts'
import type { DemoModel } from './demo-model.ts'

/** Which endpoint's shapes an answer is written in. */
export type Dialect = 'chat' | 'completion'

/** What is the same in every piece of one answer. `id` is unique in its server, `created` is in seconds. */
export type AnswerHead = { readonly id: string; readonly created: number; readonly model: string }

/** The JSON body of an answer. */
export function answerBody(dialect: Dialect, answer: DemoAnswer, head: AnswerHead, reportUsage: boolean): string {
  const choices = Array.from({ length: answer.choices }, (_, index) =>
    dialect === 'chat'
      ? { index, message: chatMessage(answer, callId(head, index)), logprobs: null, finish_reason: answer.finish }
      : { index, text: answer.text, logprobs: null, finish_reason: answer.finish },
  )
  return JSON.stringify({
    id: ID_PREFIX[dialect] + head.id,
    object: dialect === 'chat' ? 'chat.completion' : 'text_completion',
    created: head.created,
    model: head.model,
    choices,
    ...(reportUsage ? { usage: usageOf(answer) } : {}),
    system_fingerprint: FINGERPRINT,
  })
}

/** The `data` of every event of a streamed answer, without `[DONE]`. Usage comes last, as OpenAI reports it when asked. */
export function answerEvents(
  dialect: Dialect,
  answer: DemoAnswer,
  head: AnswerHead,
  model: DemoModel,
  reportUsage: boolean,
): string[] {
  const object = dialect === 'chat' ? 'chat.completion.chunk' : 'text_completion'
  const shared = JSON.stringify({
    ...head,
    id: ID_PREFIX[dialect] + head.id,
    object,
    system_fingerprint: FINGERPRINT,
  }).slice(0, -1)
  const tail = reportUsage ? '],"usage":null}' : ']}'
  const pieces = model.chunks === undefined ? words(answer.text) : evenPieces(answer.text, model.chunks)
  const deltas =
    dialect === 'chat' ? chatDeltas(answer, pieces, callId(head, 0)) : pieces.map((text) => JSON.stringify({ text }))
  const last = dialect === 'chat' ? '"delta":{}' : '"text":""'
  const events: string[] = []
  for (const delta of deltas) {
    const member = dialect === 'chat' ? `"delta":${delta}` : delta.slice(1, -1)
    for (let index = 0; index < answer.choices; index++) {
      const value =
        index > 0 && answer.tool !== undefined ? member.replace(callId(head, 0), callId(head, index)) : member
      events.push(`${shared},"choices":[{"index":${index},${value},"logprobs":null,"finish_reason":null}${tail}`)
    }
  }
  for (let index = 0; index < answer.choices; index++) {
    events.push(
      `${shared},"choices":[{"index":${index},${last},"logprobs":null,"finish_reason":"${answer.finish}"}${tail}`,
    )
  }
  if (reportUsage) events.push(`${shared},"choices":[],"usage":${JSON.stringify(usageOf(answer))}}`)
  return events
}

const FINGERPRINT = 'fp_demo'

const ID_PREFIX = { chat: 'chatcmpl-', completion: 'cmpl-' } as const satisfies Record<Dialect, string>

const callId = (head: AnswerHead, index: number) => `call_${head.id}_${index}`

function chatMessage(answer: DemoAnswer, toolCallId: string): object {
  if (answer.tool === undefined) return { role: 'assistant', content: answer.text, refusal: null }
  const call = { id: toolCallId, type: 'function', function: { name: answer.tool, arguments: answer.text } }
  return { role: 'assistant', content: null, refusal: null, tool_calls: [call] }
}

/** The first delta has the role and, for a tool, its name; the text or the arguments follow. */
function chatDeltas(answer: DemoAnswer, pieces: readonly string[], toolCallId: string): string[] {
  if (answer.tool === undefined) {
    return ['{"role":"assistant","content":"","refusal":null}', ...pieces.map((content) => JSON.stringify({ content }))]
  }
  const call = { index: 0, id: toolCallId, type: 'function', function: { name: answer.tool, arguments: '' } }
  const first = JSON.stringify({ role: 'assistant', content: null, tool_calls: [call] })
  return [
    first,
    ...pieces.map((piece) => JSON.stringify({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
  ]
}

function usageOf(answer: DemoAnswer): object {
  return {
    prompt_tokens: answer.promptTokens,
    completion_tokens: answer.completionTokens,
    total_tokens: answer.promptTokens + answer.completionTokens,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  }
}

const words = (text: string): string[] => text.match(/\s*\S+|\s+$/g) ?? []

/** As many pieces as asked for, of nearly the same length; no character is cut in two. */
function evenPieces(text: string, count: number): string[] {
  const pieces: string[] = []
  let start = 0
  for (let piece = 1; piece <= count && start < text.length; piece++) {
    let end = Math.max(start + 1, Math.round((text.length * piece) / count))
    if (isHighSurrogate(text.charCodeAt(end - 1))) end++
    pieces.push(text.slice(start, end))
    start = end
  }
  return pieces
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff
