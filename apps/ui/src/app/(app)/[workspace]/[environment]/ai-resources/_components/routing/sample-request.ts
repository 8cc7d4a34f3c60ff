import type { AuditExchange } from '@vm-x/contract'

export type SampleMessage = { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }
export type Pair = { readonly name: string; readonly value: string }

/** A request to try rules with, as its form holds it. */
export type SampleRequest = {
  readonly messages: readonly SampleMessage[]
  readonly stream: boolean
  /** Empty: no limit of its own. */
  readonly maxTokens: string
  readonly user: string
  readonly metadata: readonly Pair[]
  readonly headers: readonly Pair[]
  /** Empty: no key. */
  readonly apiKeyId: string
  /** The body as JSON, where it was written by hand; undefined: what the other fields say. */
  readonly json: string | undefined
}

export const FIRST_SAMPLE: SampleRequest = {
  messages: [{ role: 'user', content: 'What is the capital of France?' }],
  stream: false,
  maxTokens: '',
  user: '',
  metadata: [],
  headers: [],
  apiKeyId: '',
  json: undefined,
}

/** The body of the chat completion that a sample stands for. Throws where JSON written by hand is none. */
export function bodyOf(sample: SampleRequest): Record<string, unknown> {
  if (sample.json !== undefined) return objectIn(sample.json)
  const metadata = recordOf(sample.metadata)
  return {
    messages: sample.messages.map(({ role, content }) => ({ role, content })),
    ...(sample.stream && { stream: true }),
    ...(sample.maxTokens.trim() !== '' && { max_completion_tokens: Number(sample.maxTokens) }),
    ...(sample.user !== '' && { user: sample.user }),
    ...(Object.keys(metadata).length > 0 && { vmx: { metadata } }),
  }
}

function objectIn(json: string): Record<string, unknown> {
  const body: unknown = JSON.parse(json)
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body }
  throw new SyntaxError('The request must be a JSON object')
}

/** Names without a value count, values without a name do not. */
export const recordOf = (pairs: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(pairs.filter(({ name }) => name.trim() !== '').map(({ name, value }) => [name.trim(), value]))

type Recorded = Pick<AuditExchange, 'stream' | 'user' | 'metadata' | 'apiKeyId' | 'estimate'>

/**
 * A sample out of the record of an exchange. Texts of requests are not recorded, so that the message is filler of as many
 * tokens as were estimated; neither are headers, tools and the limit of output.
 */
export const sampleOfRecord = ({ stream, user, metadata, apiKeyId, estimate }: Recorded): SampleRequest => ({
  ...FIRST_SAMPLE,
  messages: [{ role: 'user', content: fillerOf(estimate?.input ?? 1) }],
  stream,
  user: user ?? '',
  metadata: Object.entries(metadata ?? {}).map(([name, value]) => ({ name, value })),
  apiKeyId: apiKeyId ?? '',
})

/** The gateway takes a token for four bytes of the body, until it has learned better of a model. */
const BYTES_PER_TOKEN = 4
const BODY_BYTES = JSON.stringify({ messages: [{ role: 'user', content: '' }] }).length
/** Below what the API takes as a body. */
const MOST_FILLER_CHARACTERS = 900_000

/** A text that makes the request about as large as its tokens were estimated. */
export const fillerOf = (tokens: number): string => fillerOfLength(tokens * BYTES_PER_TOKEN - BODY_BYTES)

const fillerOfLength = (characters: number): string => {
  const length = Math.max(4, Math.min(MOST_FILLER_CHARACTERS, Math.round(characters)))
  return 'word '
    .repeat(Math.ceil(length / 5))
    .slice(0, length)
    .trimEnd()
}

const NEAR_ENOUGH = 0.05

/**
 * The same sample with filler that is estimated as `wanted` tokens, where it was estimated as `got`. Undefined where it is
 * near enough, or its message is no filler any more.
 */
export function refitted(sample: SampleRequest, got: number, wanted: number): SampleRequest | undefined {
  const [message, ...others] = sample.messages
  if (!message || others.length > 0 || sample.json !== undefined || !isFiller(message.content)) return undefined
  if (got <= 0 || Math.abs(got - wanted) <= Math.max(1, wanted * NEAR_ENOUGH)) return undefined
  const content = fillerOfLength(((message.content.length + BODY_BYTES) * wanted) / got - BODY_BYTES)
  return content === message.content ? undefined : { ...sample, messages: [{ ...message, content }] }
}

const isFiller = (text: string) => 'word '.repeat(Math.ceil(text.length / 5)).startsWith(text)
