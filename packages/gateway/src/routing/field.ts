import { isObject, type RequestView } from './request-view.ts'

/** A field that rules may look at. Reading answers undefined where the request, or what is known so far, has no value. */
export type Field = { readonly name: string } & (
  | { readonly type: 'text'; read(view: RequestView): string | undefined }
  | { readonly type: 'number'; readonly whole: boolean; read(view: RequestView): number | undefined }
  | { readonly type: 'flag'; read(view: RequestView): boolean | undefined }
  | { readonly type: 'list'; read(view: RequestView): readonly string[] | undefined }
)

/** A target as people write it in a field, e.g. `openai/gpt-5.1`. */
export type NamedTarget = { readonly connection: string; readonly model: string }

export type TargetNames = {
  /** Whether a field may name it. */
  exists(target: NamedTarget): boolean
  /** What the statistics of it go by; undefined while there is nothing to know of it. */
  keyOf(target: NamedTarget): string | undefined
}

/** Reads a field's name; an answer of type string says what is wrong with it. */
export function parseField(name: string, targets: TargetNames): Field | string {
  const plain = PLAIN.get(name)
  if (plain) return plain
  if (name.startsWith('request.metadata.')) return metadataField(name, name.slice('request.metadata.'.length))
  if (name.startsWith('request.headers.')) return headerField(name, name.slice('request.headers.'.length))
  const call = /^([A-Za-z0-9.]+)\(\s*(.*?)\s*\)$/.exec(name)
  const [, signal = '', inside = ''] = call ?? []
  if (signal === 'capacity.remainingPercent') return signalField(name, signal, undefined, inside, targets)
  if (!call || !Object.hasOwn(SIGNALS, signal)) return 'is not a field that rules can look at'
  const [, minutes, target] = /^(\d{1,4})(?:\s*,\s*(.+))?$/.exec(inside) ?? []
  if (minutes === undefined) return `is written ${signal}(minutes) or ${signal}(minutes, connection/model)`
  if (Number(minutes) < 1 || Number(minutes) > 60) return 'looks at 1 to 60 minutes'
  return signalField(name, signal, Number(minutes), target, targets)
}

/** Headers that carry credentials. What else looks like one by its name is refused too. */
const SECRET_HEADERS =
  /^(authorization|proxy-authorization|cookie|set-cookie)$|api[-_]?key|token|secret|password|credential|(^|-)auth/

function headerField(name: string, header: string): Field | string {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/.test(header)) return 'names no header'
  const key = header.toLowerCase()
  if (SECRET_HEADERS.test(key)) return 'may not be looked at: rules see no credentials and no cookies'
  return {
    name,
    type: 'text',
    read: ({ request }) => {
      const value = Object.hasOwn(request.headers, key) ? request.headers[key] : undefined
      return Array.isArray(value) ? value.join(', ') : value
    },
  }
}

function metadataField(name: string, key: string): Field | string {
  if (key === '' || key.length > 64) return 'names a key of 1 to 64 characters'
  return {
    name,
    type: 'text',
    read: ({ request: { metadata } }) => (metadata && Object.hasOwn(metadata, key) ? metadata[key] : undefined),
  }
}

const SIGNALS: Readonly<
  Record<string, (signals: RequestView['signals'], key: string, minutes: number) => number | undefined>
> = {
  errorRate: (signals, key, minutes) => signals.errorRate(key, minutes),
  'latency.p95': (signals, key, minutes) => signals.latencyP95(key, minutes),
  'ttft.p95': (signals, key, minutes) => signals.ttftP95(key, minutes),
  'capacity.remainingPercent': (signals, key) => signals.remainingPercent(key),
}

function signalField(
  name: string,
  signal: string,
  minutes: number | undefined,
  target: string | undefined,
  targets: TargetNames,
): Field | string {
  const read = SIGNALS[signal]
  if (!read) return 'is not a field that rules can look at'
  const number = { name, type: 'number', whole: false } as const
  if (target === undefined)
    return {
      ...number,
      read: ({ signals, primary }) => primary && read(signals, primary.key, minutes ?? 0),
    }
  const [, connection, model] = /^([A-Za-z0-9._-]{1,64})\/(.+)$/.exec(target) ?? []
  if (connection === undefined || model === undefined) return 'names a target as connection/model'
  if (!targets.exists({ connection, model })) return `names a target that is not there: ${connection}/${model}`
  const key = targets.keyOf({ connection, model })
  return { ...number, read: ({ signals }) => (key === undefined ? undefined : read(signals, key, minutes ?? 0)) }
}

const text = (name: string, read: (view: RequestView) => string | undefined): Field => ({ name, type: 'text', read })
const flag = (name: string, read: (view: RequestView) => boolean | undefined): Field => ({ name, type: 'flag', read })
const count = (name: string, read: (view: RequestView) => number | undefined): Field => ({
  name,
  type: 'number',
  whole: true,
  read,
})

/** A text, and its length in UTF-16 code units. */
const withLength = (name: string, read: (view: RequestView) => string | undefined): Field[] => [
  text(name, read),
  count(`${name}.length`, (view) => read(view)?.length),
]

const asText = (value: unknown) => (typeof value === 'string' ? value : undefined)
const lengthOf = (value: unknown) => (Array.isArray(value) ? value.length : 0)

function responseFormat({ request: { fields } }: RequestView): string | undefined {
  const format = fields['response_format']
  return isObject(format) ? asText(format['type']) : undefined
}

function maxOutput({ request: { fields } }: RequestView): number | undefined {
  const limit = fields['max_completion_tokens'] ?? fields['max_tokens']
  return typeof limit === 'number' && Number.isSafeInteger(limit) ? limit : undefined
}

const PLAIN: ReadonlyMap<string, Field> = new Map(
  [
    count('tokens.input', ({ request }) => Math.ceil(request.inputTokens)),
    count('tokens.maxOutput', maxOutput),
    count('request.messagesCount', ({ messages }) => messages.length),
    count('request.toolsCount', ({ request: { fields } }) => lengthOf(fields['tools'] ?? fields['functions'])),
    flag('request.stream', ({ request }) => request.stream),
    flag('request.hasImages', ({ hasImages }) => hasImages),
    text('request.responseFormat', responseFormat),
    text('request.reasoningEffort', ({ request: { fields } }) => asText(fields['reasoning_effort'])),
    text('request.user', ({ request: { fields } }) => asText(fields['user'])),
    ...withLength('request.firstMessage.content', (view) => view.text(0)),
    ...withLength('request.lastMessage.content', (view) => view.text(view.messages.length - 1)),
    ...withLength('request.lastUserMessage.content', ({ lastUserText }) => lastUserText),
    ...withLength('request.allMessagesContent', ({ allText }) => allText),
    {
      name: 'capacity.remainingPercent',
      type: 'number',
      whole: false,
      read: ({ signals, primary }) => primary && signals.remainingPercent(primary.key),
    } satisfies Field,
    text('apiKey.id', ({ request }) => request.apiKey?.id),
    {
      name: 'apiKey.labels',
      type: 'list',
      read: ({ request: { apiKey } }) => (apiKey && apiKey.labels.length > 0 ? apiKey.labels : undefined),
    } satisfies Field,
    count('time.hour', ({ time }) => time.getUTCHours()),
    count('time.weekday', ({ time }) => time.getUTCDay() || 7),
    { name: 'random', type: 'number', whole: false, read: ({ random }) => random } satisfies Field,
  ].map((field): [string, Field] => [field.name, field]),
)
