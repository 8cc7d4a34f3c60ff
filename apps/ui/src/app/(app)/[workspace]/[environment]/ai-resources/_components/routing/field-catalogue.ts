import type { RuleComparison } from './routing-rule.ts'

export type FieldType = 'text' | 'number' | 'flag' | 'list'
type Parameter = 'key' | 'header' | 'minutes' | 'target'

export type FieldDefinition = {
  /** The field's name without its parameter, e.g. `request.metadata` or `errorRate`. */
  readonly id: string
  readonly group: string
  /** As people say it, within a sentence. */
  readonly label: string
  readonly explanation: string
  readonly type: FieldType
  /** What the name needs besides; `target` may be left out, and after `minutes` one may follow. */
  readonly parameter?: Parameter
  readonly unit?: 'tokens' | 'ms' | 'share' | 'percent'
  /** What a comparison with true, and with false, says in a sentence. */
  readonly said?: readonly [string, string]
  /** What the value usually is; others are allowed where the type is text. */
  readonly suggestions?: readonly string[]
}

const REQUEST = 'Request'
const TEXTS = 'Text of the messages'
const TARGETS = 'Health of a target'
const CALLER = 'Caller'
const OTHER = 'Time and chance'

const texts = (id: string, label: string, explanation: string): FieldDefinition[] => [
  { id, group: TEXTS, label, explanation, type: 'text' },
  {
    id: `${id}.length`,
    group: TEXTS,
    label: `length of ${label}`,
    explanation: 'In characters, as UTF-16 counts them',
    type: 'number',
  },
]

/** Every field that rules can look at. */
export const FIELDS: readonly FieldDefinition[] = [
  {
    id: 'tokens.input',
    group: REQUEST,
    label: 'input tokens',
    explanation: 'Estimated for the primary model',
    type: 'number',
    unit: 'tokens',
  },
  {
    id: 'tokens.maxOutput',
    group: REQUEST,
    label: 'output limit',
    explanation: 'The request’s own max_completion_tokens or max_tokens',
    type: 'number',
    unit: 'tokens',
  },
  {
    id: 'request.messagesCount',
    group: REQUEST,
    label: 'number of messages',
    explanation: 'How many messages the request has',
    type: 'number',
  },
  {
    id: 'request.toolsCount',
    group: REQUEST,
    label: 'number of tools',
    explanation: 'How many tools the model is offered',
    type: 'number',
  },
  {
    id: 'request.stream',
    group: REQUEST,
    label: 'streaming',
    explanation: 'Whether the answer is asked for as a stream',
    type: 'flag',
    said: ['the answer is streamed', 'the answer is not streamed'],
  },
  {
    id: 'request.hasImages',
    group: REQUEST,
    label: 'images',
    explanation: 'Whether a message has an image',
    type: 'flag',
    said: ['a message has an image', 'no message has an image'],
  },
  {
    id: 'request.responseFormat',
    group: REQUEST,
    label: 'response format',
    explanation: 'The type of response_format',
    type: 'text',
    suggestions: ['text', 'json_object', 'json_schema'],
  },
  {
    id: 'request.reasoningEffort',
    group: REQUEST,
    label: 'reasoning effort',
    explanation: 'What the request asks for as reasoning_effort',
    type: 'text',
    suggestions: ['none', 'minimal', 'low', 'medium', 'high'],
  },
  {
    id: 'request.user',
    group: CALLER,
    label: 'user',
    explanation: 'The request’s own user',
    type: 'text',
  },
  {
    id: 'request.metadata',
    group: CALLER,
    label: 'metadata',
    explanation: 'A value of vmx.metadata or of the header x-vmx-metadata',
    type: 'text',
    parameter: 'key',
  },
  {
    id: 'request.headers',
    group: CALLER,
    label: 'header',
    explanation: 'A header of the request; never a credential or a cookie',
    type: 'text',
    parameter: 'header',
  },
  { id: 'apiKey.id', group: CALLER, label: 'API key', explanation: 'The key that asks', type: 'text' },
  { id: 'apiKey.labels', group: CALLER, label: 'label', explanation: 'The labels of the API key', type: 'list' },
  ...texts('request.firstMessage.content', 'first message', 'Often the system prompt'),
  ...texts('request.lastMessage.content', 'last message', 'Of whatever role'),
  ...texts('request.lastUserMessage.content', 'last message of the user', 'The newest question'),
  ...texts('request.allMessagesContent', 'text of all messages', 'Joined by line breaks; images contribute nothing'),
  {
    id: 'errorRate',
    group: TARGETS,
    label: 'error rate',
    explanation: 'Share of its requests that the provider failed, 0 to 1',
    type: 'number',
    parameter: 'minutes',
    unit: 'share',
  },
  {
    id: 'latency.p95',
    group: TARGETS,
    label: 'p95 latency',
    explanation: 'Milliseconds to the end of the answer',
    type: 'number',
    parameter: 'minutes',
    unit: 'ms',
  },
  {
    id: 'ttft.p95',
    group: TARGETS,
    label: 'p95 time to first token',
    explanation: 'Milliseconds to the first event of a stream',
    type: 'number',
    parameter: 'minutes',
    unit: 'ms',
  },
  {
    id: 'capacity.remainingPercent',
    group: TARGETS,
    label: 'remaining capacity',
    explanation: 'What the last reservation left of the tightest limit, 0 to 100',
    type: 'number',
    parameter: 'target',
    unit: 'percent',
  },
  { id: 'time.hour', group: OTHER, label: 'hour', explanation: 'In UTC, 0 to 23', type: 'number' },
  { id: 'time.weekday', group: OTHER, label: 'weekday', explanation: 'In UTC, Monday is 1', type: 'number' },
  {
    id: 'random',
    group: OTHER,
    label: 'chance',
    explanation: 'From 0 to below 1, the same for all rules of one request',
    type: 'number',
  },
]

export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

/** A field with its parameters. */
export type NamedField = {
  readonly definition: FieldDefinition
  /** A key of metadata or the name of a header. */
  readonly key: string
  readonly minutes: number
  /** As rules name it, e.g. `openai/gpt-5.1`; undefined: the primary model. */
  readonly target: string | undefined
}

const DEFAULT_MINUTES = 5

/** A field as the catalogue knows it, with parameters that are to be filled in. */
export const fieldOf = (definition: FieldDefinition): NamedField => ({
  definition,
  key: '',
  minutes: DEFAULT_MINUTES,
  target: undefined,
})

/** Reads a field's name; undefined where the catalogue does not know it. */
export function parseFieldName(name: string): NamedField | undefined {
  const plain = FIELDS.find(({ id, parameter }) => id === name && (parameter === undefined || parameter === 'target'))
  if (plain) return fieldOf(plain)
  const call = /^([A-Za-z0-9.]+)\(\s*(.*?)\s*\)$/.exec(name)
  if (call) return parseCall(call[1] ?? '', call[2] ?? '')
  const keyed = FIELDS.find(({ id, parameter }) => isKeyed(parameter) && name.startsWith(`${id}.`))
  return keyed && { ...fieldOf(keyed), key: name.slice(keyed.id.length + 1) }
}

const isKeyed = (parameter: Parameter | undefined) => parameter === 'key' || parameter === 'header'

function parseCall(id: string, inside: string): NamedField | undefined {
  const definition = FIELDS.find((field) => field.id === id)
  if (definition?.parameter === 'target') return { ...fieldOf(definition), target: inside }
  if (definition?.parameter !== 'minutes') return undefined
  const [, minutes, target] = /^(\d*)(?:\s*,\s*(.*))?$/.exec(inside) ?? []
  return minutes === undefined ? undefined : { ...fieldOf(definition), minutes: Number(minutes), target }
}

/** The name that rules use. */
export function nameOfField({ definition: { id, parameter }, key, minutes, target }: NamedField): string {
  if (isKeyed(parameter)) return `${id}.${key}`
  if (parameter === 'target') return target === undefined ? id : `${id}(${target})`
  if (parameter === 'minutes') return target === undefined ? `${id}(${minutes})` : `${id}(${minutes}, ${target})`
  return id
}

/** The connection and the model of a target as fields name it, e.g. `openai/gpt-5.1`. */
export function partsOfTarget(target: string): { connection: string; model: string } {
  const slash = target.indexOf('/')
  return slash < 0
    ? { connection: target, model: '' }
    : { connection: target.slice(0, slash), model: target.slice(slash + 1) }
}

type Op = RuleComparison['op']
type Operator = { readonly op: Op; readonly label: string }

const EXISTENCE: readonly Operator[] = [
  { op: 'exists', label: 'is present' },
  { op: 'notExists', label: 'is absent' },
]

const EQUALITY: readonly Operator[] = [
  { op: 'eq', label: 'is' },
  { op: 'ne', label: 'is not' },
]

const OPERATORS: Readonly<Record<FieldType, readonly Operator[]>> = {
  text: [
    ...EQUALITY,
    { op: 'contains', label: 'contains' },
    { op: 'notContains', label: 'does not contain' },
    { op: 'startsWith', label: 'starts with' },
    { op: 'endsWith', label: 'ends with' },
    { op: 'matches', label: 'matches' },
    { op: 'in', label: 'is one of' },
    { op: 'notIn', label: 'is none of' },
    ...EXISTENCE,
  ],
  number: [
    { op: 'gt', label: '>' },
    { op: 'gte', label: '≥' },
    { op: 'lt', label: '<' },
    { op: 'lte', label: '≤' },
    { op: 'eq', label: '=' },
    { op: 'ne', label: '≠' },
    { op: 'in', label: 'is one of' },
    { op: 'notIn', label: 'is none of' },
    ...EXISTENCE,
  ],
  flag: [...EQUALITY, ...EXISTENCE],
  list: [
    { op: 'contains', label: 'contains' },
    { op: 'notContains', label: 'does not contain' },
    { op: 'in', label: 'has one of' },
    { op: 'notIn', label: 'has none of' },
    ...EXISTENCE,
  ],
}

/** What fits a field, the most usual first; where the field is not known, all that texts know. */
export const operatorsOf = (type: FieldType | undefined) => OPERATORS[type ?? 'text']

export const needsNoValue = (op: Op) => op === 'exists' || op === 'notExists'
export const needsList = (op: Op) => op === 'in' || op === 'notIn'
