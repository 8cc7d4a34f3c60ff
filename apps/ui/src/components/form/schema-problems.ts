export type SchemaField = {
  readonly name: string
  readonly label: string
  readonly description: string | undefined
  readonly kind: 'text' | 'address' | 'secret' | 'number' | 'switch' | 'choice'
  readonly required: boolean
  readonly choices: readonly string[]
  /** What is wrong with a value, as the API would say it; undefined: nothing. */
  problem(value: unknown): string | undefined
}

/** The fields that a JSON Schema of an object asks for, in its order. `secret`: none of it may be seen as it is typed. */
export function schemaFields(schema: Readonly<Record<string, unknown>>, secret = false): SchemaField[] {
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.entries(recordOf(schema.properties)).map(([name, part]) => {
    const property = recordOf(part)
    const kind = kindOf(property, secret)
    const isRequired = required.includes(name)
    return {
      name,
      label: textOf(property.title) ?? labelOf(name),
      description: textOf(property.description),
      kind,
      required: isRequired,
      choices: Array.isArray(property.enum) ? property.enum.filter((choice) => typeof choice === 'string') : [],
      problem: (value) => (isAbsent(value) ? missing(isRequired) : problemOf(property, kind, value)),
    }
  })
}

/** What is filled in, without fields that are empty. */
export function filledIn(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isAbsent(value)))
}

const isAbsent = (value: unknown) => value === undefined || value === null || value === ''

const missing = (required: boolean) => (required ? 'is missing: the provider needs it' : undefined)

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)

function kindOf(property: Readonly<Record<string, unknown>>, secret: boolean): SchemaField['kind'] {
  if (Array.isArray(property.enum)) return 'choice'
  if (property.type === 'boolean') return 'switch'
  if (property.type === 'number' || property.type === 'integer') return 'number'
  if (secret || property.format === 'password' || property.writeOnly === true) return 'secret'
  return property.format === 'uri' ? 'address' : 'text'
}

function problemOf(
  property: Readonly<Record<string, unknown>>,
  kind: SchemaField['kind'],
  value: unknown,
): string | undefined {
  if (kind === 'number') {
    if (typeof value !== 'number' || Number.isNaN(value)) return 'must be a number'
    if (property.type === 'integer' && !Number.isInteger(value)) return 'must be a whole number'
    if (typeof property.minimum === 'number' && value < property.minimum) return `must be at least ${property.minimum}`
    if (typeof property.maximum === 'number' && value > property.maximum) return `must be at most ${property.maximum}`
    return undefined
  }
  if (typeof value !== 'string') return undefined
  if (typeof property.maxLength === 'number' && value.length > property.maxLength)
    return `must be at most ${property.maxLength} characters`
  if (kind === 'address' && !/^https?:\/\//.test(value))
    return 'must be an address that begins with http:// or https://'
  if (kind === 'address' && !URL.canParse(value)) return 'must be an address'
  if (typeof property.pattern === 'string' && !new RegExp(property.pattern).test(value))
    return /\s$|^\s/.test(value) ? 'must have no spaces around it' : 'has characters that are not allowed here'
  return undefined
}

const ACRONYMS: Readonly<Record<string, string>> = { url: 'URL', api: 'API', id: 'ID' }

/** `baseUrl` as `Base URL`. */
function labelOf(name: string): string {
  const words = name.split(/(?=[A-Z])|[_-]/).map((word) => ACRONYMS[word.toLowerCase()] ?? word.toLowerCase())
  const text = words.join(' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
