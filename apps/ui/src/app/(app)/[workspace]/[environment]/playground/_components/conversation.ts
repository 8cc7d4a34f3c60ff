import type { ChatAnswer } from '@/chat/chat-answer.ts'

export type Asked = { readonly id: string; readonly name: string }

/** A message and what each resource answered, by its id. */
export type Turn = {
  readonly id: number
  readonly text: string
  readonly asked: readonly Asked[]
  readonly answers: Readonly<Record<string, ChatAnswer>>
}

type Message = { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }

/**
 * The conversation as one resource has had it, and the message that comes next. What it did not answer is left out, so
 * that a refused message can be sent again, and a resource that joins late hears nothing of before.
 */
export function messagesFor(resourceId: string, turns: readonly Turn[], system: string, next: string): Message[] {
  return [
    ...(system.trim() ? [{ role: 'system' as const, content: system }] : []),
    ...turns.flatMap(({ text, answers }): Message[] => {
      const answer = answers[resourceId]?.text
      if (!answer) return []
      return [
        { role: 'user', content: text },
        { role: 'assistant', content: answer },
      ]
    }),
    { role: 'user', content: next },
  ]
}

/** The turns with what a resource has answered to one of them by now. */
export const withAnswer = (turns: readonly Turn[], turnId: number, resourceId: string, answer: ChatAnswer): Turn[] =>
  turns.map((turn) => (turn.id === turnId ? { ...turn, answers: { ...turn.answers, [resourceId]: answer } } : turn))

/** What shall be sent beside the messages, as the fields have it. */
export type Parameters = {
  readonly system: string
  readonly maxTokens: number | null
  readonly temperature: number | null
  readonly stream: boolean
}

/** Of OpenAI, models that think refuse the older name of the output limit; elsewhere some know only that one. */
export const requestParameters = ({ maxTokens, temperature }: Parameters, provider: string | undefined) => ({
  ...(maxTokens !== null && { [provider === 'openai' ? 'max_completion_tokens' : 'max_tokens']: maxTokens }),
  ...(temperature !== null && { temperature }),
})
