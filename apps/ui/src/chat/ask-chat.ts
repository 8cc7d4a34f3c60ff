import { begun, type ChatAnswer, cutOff, refused, WAITING, withBody, withEvent } from './chat-answer.ts'
import { serverSentEvents } from './server-sent-events.ts'

type Question = {
  readonly url: string
  /** The body of a chat completion. */
  readonly body: Readonly<Record<string, unknown>>
  /** Whoever aborts gets `stopped`, and the request ends at the provider, too. */
  readonly signal: AbortSignal
  /** Hears of each piece of the answer, the end excepted. */
  readonly onProgress: (answer: ChatAnswer) => void
  readonly now: () => number
  readonly fetch: typeof fetch
}

/** Sends one chat and tells how the answer grows. Never rejects: whatever happens is an answer with its state. */
export async function askChat(question: Question): Promise<ChatAnswer> {
  const { signal, onProgress, now } = question
  const startedAt = now()
  let answer = WAITING
  const tell = (next: ChatAnswer) => {
    const first = answer.text === '' && next.text !== ''
    answer = first ? { ...next, firstTokenMs: now() - startedAt } : next
    if (answer.state === 'streaming') onProgress(answer)
  }
  try {
    await read(await send(question), () => answer, tell)
  } catch {
    if (signal.aborted) answer = { ...answer, state: 'stopped' }
    else answer = answer.state === 'waiting' ? UNREACHABLE : cutOff(answer)
  }
  return { ...answer, durationMs: now() - startedAt }
}

const UNREACHABLE: ChatAnswer = {
  state: 'refused',
  text: '',
  problem: {
    code: 'api_unreachable',
    message: 'No answer came back. Check your connection and that the server runs, then try again.',
  },
}

const send = ({ url, body, signal, fetch }: Question) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  })

async function read(response: Response, answer: () => ChatAnswer, tell: (answer: ChatAnswer) => void): Promise<void> {
  if (!response.ok) return tell(refused(response.status, response.headers, await response.text()))
  tell(begun(response.headers))
  if (!response.headers.get('content-type')?.startsWith('text/event-stream'))
    return tell(withBody(answer(), await response.text()))
  const events = serverSentEvents()
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read())
    tell(events(piece.value).reduce(withEvent, answer()))
  tell(cutOff(answer()))
}
