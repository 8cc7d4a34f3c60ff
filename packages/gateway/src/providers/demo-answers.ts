import type { DemoModel } from './demo-model.ts'
import { BadRequest, type Fields, isRecord } from './demo-request.ts'
import { minimalInstance } from './demo-schema.ts'

/** What the demo provider says; the same for the same request, whether it is streamed or not. */
export type DemoAnswer = {
  /** The text, or the arguments of the tool call. */
  readonly text: string
  /** The name of the tool that is called. */
  readonly tool: string | undefined
  readonly finish: 'stop' | 'length' | 'tool_calls'
  /** How often the same choice is given. */
  readonly choices: number
  readonly promptTokens: number
  /** Of all choices together. */
  readonly completionTokens: number
}

/** Throws {@link BadRequest} when there is nothing to answer. */
export function answerChat(body: Fields, model: DemoModel): DemoAnswer {
  const messages = body.messages
  if (!Array.isArray(messages) || messages.length === 0 || !messages.every(isRecord)) {
    throw new BadRequest("'messages' must be a list of at least one message", 'messages')
  }
  const prompt = readPrompt(messages)
  const last = messages.at(-1)
  const tool = last?.role === 'user' ? chosenTool(body) : undefined
  if (tool) return finished(JSON.stringify(minimalInstance(tool.parameters) ?? {}), tool.name, body, prompt.tokens)
  const text = structured(body.response_format) ?? friendly(last, prompt, model)
  return finished(text, undefined, body, prompt.tokens)
}

/** Throws {@link BadRequest} when there is nothing to answer. */
export function answerCompletion(body: Fields, model: DemoModel): DemoAnswer {
  const prompts = [body.prompt].flat()
  if (prompts.length !== 1 || typeof prompts[0] !== 'string') {
    throw new BadRequest("'prompt' must be one text: the demo provider continues neither lists nor tokens", 'prompt')
  }
  const text = padded(`${GREETING} You wrote: “${quote(prompts[0])}”.`, model)
  return finished(text, undefined, body, tokens(prompts[0]))
}

/** Tokens by which the demo provider counts: a quarter of the UTF-8 bytes. */
export const tokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN)

const BYTES_PER_TOKEN = 4
const TOKENS_PER_IMAGE = 85
const LONGEST_QUOTE = 200
const GREETING = 'Hello from the demo provider, where no model is asked.'

type Prompt = { readonly tokens: number; readonly images: number; readonly lastUserText: string }

function readPrompt(messages: readonly Fields[]): Prompt {
  let counted = 0
  let images = 0
  let lastUserText = ''
  for (const message of messages) {
    const text = textOf(message.content)
    counted += tokens(text)
    images += imagesIn(message.content)
    if (message.role === 'user') lastUserText = text
  }
  return { tokens: Math.max(1, counted + images * TOKENS_PER_IMAGE), images, lastUserText }
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  const texts: string[] = []
  for (const part of content) if (isRecord(part) && typeof part.text === 'string') texts.push(part.text)
  return texts.join(' ')
}

const imagesIn = (content: unknown): number =>
  Array.isArray(content) ? content.filter((part) => isRecord(part) && part.type === 'image_url').length : 0

function chosenTool(body: Fields): { name: string; parameters: unknown } | undefined {
  const tools = Array.isArray(body.tools) ? body.tools : []
  const choice = body.tool_choice
  if (tools.length === 0 || choice === 'none') return undefined
  const wanted = isRecord(choice) && isRecord(choice.function) ? choice.function.name : undefined
  for (const tool of tools) {
    const called = isRecord(tool) ? tool.function : undefined
    if (!isRecord(called) || typeof called.name !== 'string') continue
    if (wanted === undefined || wanted === called.name) return { name: called.name, parameters: called.parameters }
  }
  throw new BadRequest("'tool_choice' asks for a function that 'tools' does not have", 'tool_choice')
}

/** JSON as `response_format` wants it; undefined where text is wanted. */
function structured(format: unknown): string | undefined {
  if (!isRecord(format)) return undefined
  if (format.type === 'json_object') return JSON.stringify({ answer: GREETING })
  if (format.type !== 'json_schema') return undefined
  const value = isRecord(format.json_schema) ? minimalInstance(format.json_schema.schema) : undefined
  if (value === undefined)
    throw new BadRequest('The demo provider found no value that fits the schema', 'response_format')
  return JSON.stringify(value)
}

function friendly(last: Fields | undefined, prompt: Prompt, model: DemoModel): string {
  const heard =
    last?.role === 'tool'
      ? `The tool answered: “${quote(textOf(last.content))}”.`
      : `You said: “${quote(prompt.lastUserText)}”.`
  const seen = prompt.images === 0 ? '' : ` Images received, not looked at: ${prompt.images}.`
  return padded(`${GREETING} ${heard}${seen}`, model)
}

function quote(text: string): string {
  if (text.length <= LONGEST_QUOTE) return text
  return `${text.slice(0, LONGEST_QUOTE).replace(LONE_SURROGATE, '')}…`
}

const LONE_SURROGATE = /[\ud800-\udbff]$/
const FILLER = ' This sentence is there to make the answer longer.'

/** Long enough for the bytes that were asked for, and for as many chunks: two units hold any character. */
function padded(text: string, model: DemoModel): string {
  const missing = Math.max((model.bytes ?? 0) - Buffer.byteLength(text), 2 * (model.chunks ?? 0) - text.length)
  return missing > 0 ? text + FILLER.repeat(Math.ceil(missing / FILLER.length)).slice(0, missing) : text
}

function finished(text: string, tool: string | undefined, body: Fields, promptTokens: number): DemoAnswer {
  const stopped = tool === undefined ? untilStop(text, body.stop) : text
  const limit = body.max_completion_tokens ?? body.max_tokens
  const kept =
    typeof limit === 'number' && limit >= 1 ? firstBytes(stopped, Math.trunc(limit) * BYTES_PER_TOKEN) : stopped
  const complete = tool === undefined ? 'stop' : 'tool_calls'
  const choices = choiceCount(body.n)
  return {
    text: kept,
    tool,
    finish: kept.length < stopped.length ? 'length' : complete,
    choices,
    promptTokens,
    completionTokens: tokens(kept) * choices,
  }
}

function choiceCount(n: unknown): number {
  if (n === undefined || n === null) return 1
  if (typeof n === 'number' && Number.isInteger(n) && n >= 1 && n <= 128) return n
  throw new BadRequest("'n' must be a whole number from 1 to 128", 'n')
}

function untilStop(text: string, stop: unknown): string {
  let end = text.length
  for (const word of [stop].flat()) {
    if (typeof word !== 'string' || word === '') continue
    const at = text.indexOf(word)
    if (at >= 0 && at < end) end = at
  }
  return text.slice(0, end)
}

/** At most `length` bytes of UTF-8, without half a character at the end. */
function firstBytes(text: string, length: number): string {
  if (text.length * 3 <= length) return text
  const bytes = Buffer.from(text)
  if (bytes.length <= length) return text
  let end = length
  while (end > 0 && isContinuation(bytes[end])) end--
  return bytes.toString('utf8', 0, end)
}

/** Whether the byte goes on with a character of UTF-8 that began before it. */
export const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80
