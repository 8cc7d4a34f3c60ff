/** What a model name asks the demo provider for. Keys are those of the grammar, times are milliseconds. */
export type DemoModel = { readonly name: string; readonly code?: string } & {
  readonly [Key in NumberKey]?: number
} & { readonly [Key in Flag]?: true }

/**
 * Reads `demo`, then any of `+key=value` and `+flag`, e.g. `demo+delay=200+chunks=50`. Undefined when the name is not of
 * that form: an unknown key, one given twice, or a value out of range.
 */
export function parseDemoModel(name: string): DemoModel | undefined {
  const [first, ...parts] = name.split('+')
  if (first !== 'demo') return undefined
  const model: Writable<DemoModel> = { name }
  for (const part of parts) {
    const equals = part.indexOf('=')
    const key = equals < 0 ? part : part.slice(0, equals)
    const value = equals < 0 ? undefined : part.slice(equals + 1)
    if (Object.hasOwn(model, key)) return undefined
    if (value === undefined && isFlag(key)) model[key] = true
    else if (key === 'code' && value !== undefined && WORD.test(value)) model.code = value
    else if (value !== undefined && isNumberKey(key) && inRange(key, value)) model[key] = Number(value)
    else return undefined
  }
  return model
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }
type NumberKey = keyof typeof NUMBERS
type Flag = (typeof FLAGS)[number]

const LONGEST_MS = 600_000
const MOST_EVENTS = 10_000

/** Smallest and largest value. */
const NUMBERS = {
  status: [400, 599],
  'retry-after': [0, 86_400],
  flaky: [1, 1000],
  delay: [0, LONGEST_MS],
  'first-token': [0, LONGEST_MS],
  interval: [0, LONGEST_MS],
  chunks: [1, MOST_EVENTS],
  bytes: [1, 10_000_000],
  stall: [0, MOST_EVENTS],
  cut: [0, MOST_EVENTS],
  malformed: [1, MOST_EVENTS],
  'error-event': [1, MOST_EVENTS],
} as const satisfies Record<string, readonly [number, number]>

const FLAGS = ['hang', 'reset', 'garbage', 'no-done', 'no-usage', 'crlf', 'comments', 'split'] as const

const WORD = /^[\w.-]{1,64}$/
const DIGITS = /^\d{1,9}$/

const isFlag = (key: string): key is Flag => FLAGS.some((flag) => flag === key)
const isNumberKey = (key: string): key is NumberKey => Object.hasOwn(NUMBERS, key)

function inRange(key: NumberKey, value: string): boolean {
  const [smallest, largest] = NUMBERS[key]
  return DIGITS.test(value) && Number(value) >= smallest && Number(value) <= largest
}

/** Every part the grammar knows, as written in a model name. */
export const demoModelParts: readonly string[] = [
  ...Object.entries(NUMBERS).map(([key, [smallest, largest]]) => `+${key}=${smallest}..${largest}`),
  '+code=WORD',
  ...FLAGS.map((flag) => `+${flag}`),
]
