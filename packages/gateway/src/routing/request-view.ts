import type { Target } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'
import type { RoutingRequest, TargetSignals } from './routing.ts'

export type RoutingParts = {
  readonly signals: TargetSignals
  /** 0 ≤ x < 1. */
  readonly random: () => number
  readonly clock: Clock
}

type Message = { readonly role: string; readonly content: unknown }

/** One request as rules see it. Everything is worked out when it is first asked for, and once. */
export class RequestView {
  readonly request: RoutingRequest
  readonly signals: TargetSignals
  readonly primary: Target | undefined
  readonly #parts: RoutingParts
  readonly #texts = new Map<number, string>()
  #messages: readonly Message[] | undefined
  #allText: string | undefined
  #hasImages: boolean | undefined
  #time: Date | undefined
  #random: number | undefined

  constructor(request: RoutingRequest, parts: RoutingParts) {
    this.request = request
    this.signals = parts.signals
    this.primary = request.primary
    this.#parts = parts
  }

  get random(): number {
    this.#random ??= this.#parts.random()
    return this.#random
  }

  get time(): Date {
    this.#time ??= new Date(this.#parts.clock.now())
    return this.#time
  }

  /** Those of a chat; the texts of a completion's prompt or of an embedding's input count as messages of the user. */
  get messages(): readonly Message[] {
    this.#messages ??= messagesOf(this.request)
    return this.#messages
  }

  /** Undefined where there is no such message. */
  text(index: number): string | undefined {
    const message = this.messages[index]
    if (!message) return undefined
    let text = this.#texts.get(index)
    if (text === undefined) {
      text = textOf(message.content)
      this.#texts.set(index, text)
    }
    return text
  }

  get lastUserText(): string | undefined {
    return this.text(this.messages.findLastIndex(({ role }) => role === 'user'))
  }

  get allText(): string | undefined {
    if (this.messages.length === 0) return undefined
    this.#allText ??= this.messages.map((_message, index) => this.text(index)).join('\n')
    return this.#allText
  }

  get hasImages(): boolean {
    this.#hasImages ??= this.messages.some(
      ({ content }) => Array.isArray(content) && content.some((part) => isObject(part) && IMAGES.has(part['type'])),
    )
    return this.#hasImages
  }
}

const IMAGES = new Set<unknown>(['image_url', 'input_image', 'image'])
const TEXTS = new Set<unknown>(['text', 'input_text', 'output_text'])

function messagesOf({ operation, fields }: RoutingRequest): readonly Message[] {
  if (operation !== 'chat') {
    const given = fields[operation === 'embedding' ? 'input' : 'prompt']
    const texts = Array.isArray(given) ? given : [given]
    return texts.filter((text) => typeof text === 'string').map((content) => ({ role: 'user', content }))
  }
  const { messages } = fields
  if (!Array.isArray(messages)) return []
  return messages.map((message) =>
    isObject(message)
      ? { role: typeof message['role'] === 'string' ? message['role'] : '', content: message['content'] }
      : { role: '', content: undefined },
  )
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  const texts: string[] = []
  for (const part of content) {
    if (typeof part === 'string') texts.push(part)
    else if (isObject(part) && TEXTS.has(part['type']) && typeof part['text'] === 'string') texts.push(part['text'])
  }
  return texts.join('\n')
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
