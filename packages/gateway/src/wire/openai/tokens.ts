import type { Operation } from '../../ledger/exchange-record.ts'

/** What an estimate is made from, in O(parts of the messages): a hostile body costs no more than a friendly one. */
export type RequestSize = {
  /** Bytes of the body without the data of images, audio and files. */
  readonly textBytes: number
  /** Tokens that the parts which are not text are taken to need. */
  readonly otherTokens: number
  /** The request's own bound of one answer; undefined when it states none. 0 where an operation has no output. */
  readonly outputLimit: number | undefined
  /** How many answers it asks for, at least 1. */
  readonly choices: number
  /**
   * The first part that is not text, like `messages[0].content[1]` or a tool of the provider's own: what it counts is a
   * guess. Absent: all is text.
   */
  readonly guessedPart?: string | undefined
}

/** Never throws, whatever the fields are: what makes no sense counts as text. */
export function measureRequest(
  operation: Operation,
  byteLength: number,
  fields: Readonly<Record<string, unknown>>,
): RequestSize {
  const other: Other = { bytes: 0, tokens: 0, guessedPart: undefined }
  if (operation === 'chat') {
    measureMessages(fields['messages'], other)
    noteHostedTools(fields, other)
  } else if (operation === 'completion') measureTokenIds(fields['prompt'], other)
  else if (operation === 'embedding') measureTokenIds(fields['input'], other)
  return {
    textBytes: Math.max(0, byteLength - other.bytes),
    otherTokens: other.tokens,
    outputLimit: operation === 'embedding' ? 0 : outputLimitOf(fields),
    choices: choicesOf(operation, fields),
    guessedPart: other.guessedPart,
  }
}

/** Output tokens of an answer for which the provider reported none. */
export const estimateOutputTokens = (bytes: number): number => Math.ceil(bytes / BYTES_PER_TOKEN)

/** Mean bytes of a token of English text and JSON. */
const BYTES_PER_TOKEN = 4

/** OpenAI's count of an image of 1024 × 1024 in GPT-4o, and of any image in low detail. */
const IMAGE_TOKENS = 765
const LOW_DETAIL_IMAGE_TOKENS = 85
/** A minute at the ten tokens a second that OpenAI counts of audio; that it is a minute is our guess. */
const AUDIO_TOKENS = 600
/** Our guess: a document of a few pages. */
const FILE_TOKENS = 2000

/** Parts of a request that are not text: how much of the body they are, what they count, and the first that is a guess. */
type Other = { bytes: number; tokens: number; guessedPart: string | undefined }

function measureMessages(messages: unknown, other: Other): void {
  if (!Array.isArray(messages)) return
  for (const [index, message] of messages.entries()) {
    if (!isRecord(message)) continue
    const { content, audio } = message
    // An earlier answer that was spoken, named by its id alone.
    if (isRecord(audio)) other.guessedPart ??= `messages[${index}].audio`
    if (isRecord(content)) other.guessedPart ??= `messages[${index}].content`
    if (!Array.isArray(content)) continue
    for (const [place, part] of content.entries()) {
      measurePart(part, other)
      if (!isText(part)) other.guessedPart ??= `messages[${index}].content[${place}]`
    }
  }
}

/** What the provider itself looks for is added to the input, however much that is. */
function noteHostedTools(fields: Readonly<Record<string, unknown>>, other: Other): void {
  if (isRecord(fields['web_search_options'])) other.guessedPart ??= 'web_search_options'
  const { tools } = fields
  if (!Array.isArray(tools)) return
  for (const [index, tool] of tools.entries()) {
    const type: unknown = isRecord(tool) ? tool['type'] : undefined
    if (typeof type === 'string' && type !== 'function' && type !== 'custom') other.guessedPart ??= `tools[${index}]`
  }
}

const isText = (part: unknown): boolean => !isRecord(part) || part['type'] === 'text' || part['type'] === 'refusal'

function measurePart(part: unknown, other: Other): void {
  if (!isRecord(part)) return
  const { image_url: image, input_audio: audio, file } = part
  if (part['type'] === 'image_url') {
    const low = isRecord(image) && image['detail'] === 'low'
    add(other, isRecord(image) ? image['url'] : image, low ? LOW_DETAIL_IMAGE_TOKENS : IMAGE_TOKENS)
  } else if (part['type'] === 'input_audio') {
    add(other, isRecord(audio) ? audio['data'] : undefined, AUDIO_TOKENS)
  } else if (part['type'] === 'file') {
    add(other, isRecord(file) ? file['file_data'] : undefined, FILE_TOKENS)
  }
}

function add(other: Other, data: unknown, tokens: number): void {
  // A character is at least a byte: what is left of the data for text is never too little.
  other.bytes += typeof data === 'string' ? data.length : 0
  other.tokens += tokens
}

/** Prompts and inputs may be given as tokens already, one list or several: those are counted one by one. */
function measureTokenIds(value: unknown, other: Other): void {
  if (!Array.isArray(value)) return
  for (const each of value) {
    if (typeof each === 'number') countTokenId(each, other)
    else if (Array.isArray(each)) for (const id of each) if (typeof id === 'number') countTokenId(id, other)
  }
}

function countTokenId(id: number, other: Other): void {
  other.tokens++
  // Its digits and a comma, or less where it may have been written shorter, like 1e5: the rest counts as text.
  other.bytes += id < 10 || id % 1000 === 0 ? 2 : id < 100 ? 3 : id < 1000 ? 4 : id < 10_000 ? 5 : 6
}

/** Of the two names the larger: both reach the provider, which may know either. */
function outputLimitOf(fields: Readonly<Record<string, unknown>>): number | undefined {
  const limits = [positive(fields['max_completion_tokens']), positive(fields['max_tokens'])]
  const stated = limits.filter((limit) => limit !== undefined)
  return stated.length === 0 ? undefined : Math.max(...stated)
}

function choicesOf(operation: Operation, fields: Readonly<Record<string, unknown>>): number {
  if (operation === 'embedding') return 1
  const n = Math.min(positive(fields['n']) ?? 1, MOST_CHOICES)
  if (operation !== 'completion') return n
  const prompt = fields['prompt']
  const prompts = Array.isArray(prompt) && typeof prompt[0] !== 'number' ? Math.max(1, prompt.length) : 1
  return Math.min(prompts * Math.max(n, Math.min(positive(fields['best_of']) ?? 1, MOST_CHOICES)), MOST_ANSWERS)
}

/** The most that vLLM's `n` may be unless it is told otherwise; OpenAI's is 128. */
const MOST_CHOICES = 16_384
/** More than the prompts of any body; with {@link MOST_TOKENS} of each it is still counted exactly. */
const MOST_ANSWERS = 5_000_000
/** Keeps sums exact, whatever a request asks for. */
const MOST_TOKENS = 1e9

const positive = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= 1 ? Math.min(Math.trunc(value), MOST_TOKENS) : undefined

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
