import { isRecord } from './demo-request.ts'

/**
 * A small value that the JSON Schema accepts: required properties only, as few items as allowed, the first of several
 * choices that ends. `pattern` and conditions (`if`, `not`) are not looked at. Undefined where no finite value was found.
 */
export function minimalInstance(schema: unknown): unknown {
  return new Builder(schema).build(schema)
}

/** A hostile schema costs no more than this many steps. */
const MOST_STEPS = 10_000
const MOST_ITEMS = 100
const DEEPEST = 64

class Builder {
  readonly #root: unknown
  readonly #openRefs = new Set(['#'])
  #steps = 0
  #depth = 0

  constructor(root: unknown) {
    this.#root = root
  }

  build(schema: unknown): unknown {
    if (++this.#steps > MOST_STEPS || this.#depth >= DEEPEST) return undefined
    if (!isRecord(schema)) return schema === false ? undefined : {}
    this.#depth++
    try {
      return this.#buildRecord(schema)
    } finally {
      this.#depth--
    }
  }

  #buildRecord(schema: Record<string, unknown>): unknown {
    if ('const' in schema) return schema.const
    if (Array.isArray(schema.enum)) return schema.enum[0]
    if (typeof schema.$ref === 'string') return this.#follow(schema.$ref)
    const { anyOf, oneOf, allOf, ...rest } = schema
    if (Array.isArray(allOf)) return this.build(allOf.reduce(merge, rest))
    const options = Array.isArray(anyOf) ? anyOf : oneOf
    if (Array.isArray(options)) return this.#firstThatEnds(options.map((option) => merge(rest, option)))
    const type = schema.type ?? impliedType(schema)
    return Array.isArray(type)
      ? this.#firstThatEnds(type.map((one) => ({ ...schema, type: one })))
      : this.#ofType(type, schema)
  }

  #firstThatEnds(options: unknown[]): unknown {
    for (const option of options) {
      const value = this.build(option)
      if (value !== undefined) return value
    }
    return undefined
  }

  #follow(ref: string): unknown {
    if (this.#openRefs.has(ref)) return undefined
    this.#openRefs.add(ref)
    const value = this.build(resolve(this.#root, ref))
    this.#openRefs.delete(ref)
    return value
  }

  #ofType(type: unknown, schema: Record<string, unknown>): unknown {
    if (type === 'string') return stringFor(schema)
    if (type === 'number' || type === 'integer') return numberFor(schema, type === 'integer')
    if (type === 'boolean') return true
    if (type === 'null') return null
    if (type === 'array') return this.#array(schema)
    return this.#object(schema)
  }

  #array(schema: Record<string, unknown>): unknown {
    const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems : []
    const length = Math.min(number(schema.minItems) ?? 0, MOST_ITEMS)
    const items: unknown[] = []
    while (items.length < length) {
      const item = this.build(prefix[items.length] ?? schema.items)
      if (item === undefined) return undefined
      items.push(item)
    }
    return items
  }

  #object(schema: Record<string, unknown>): unknown {
    const properties = isRecord(schema.properties) ? schema.properties : {}
    const required = Array.isArray(schema.required) ? schema.required : []
    const entries: [string, unknown][] = []
    for (const key of required) {
      if (typeof key !== 'string') continue
      const value = this.build(Object.hasOwn(properties, key) ? properties[key] : true)
      if (value === undefined) return undefined
      entries.push([key, value])
    }
    return Object.fromEntries(entries)
  }
}

/** Both schemas hold: properties and required keys add up, for the rest the second one decides. */
function merge(first: Record<string, unknown>, second: unknown): Record<string, unknown> {
  if (!isRecord(second)) return first
  const merged = { ...first, ...second }
  if (isRecord(first.properties) && isRecord(second.properties)) {
    merged.properties = { ...first.properties, ...second.properties }
  }
  if (Array.isArray(first.required) && Array.isArray(second.required)) {
    merged.required = [...new Set([...first.required, ...second.required])]
  }
  return merged
}

function impliedType(schema: Record<string, unknown>): string {
  if ('items' in schema || 'prefixItems' in schema) return 'array'
  if ('minLength' in schema || 'maxLength' in schema || 'pattern' in schema || 'format' in schema) return 'string'
  return 'minimum' in schema || 'maximum' in schema ? 'number' : 'object'
}

/** The part of `root` that a local JSON pointer such as `#/$defs/step` names. */
function resolve(root: unknown, ref: string): unknown {
  if (!ref.startsWith('#')) return false
  let at = root
  for (const token of ref.slice(1).split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(at)) at = at[Number(key)]
    else if (isRecord(at) && Object.hasOwn(at, key)) at = at[key]
    else return false
  }
  return at ?? false
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2025-01-01T00:00:00Z',
  date: '2025-01-01',
  time: '00:00:00Z',
  duration: 'PT1S',
  email: 'demo@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com',
  uuid: '00000000-0000-4000-8000-000000000000',
}

function stringFor(schema: Record<string, unknown>): string {
  const format = schema.format
  if (typeof format === 'string' && Object.hasOwn(FORMATS, format)) return FORMATS[format] ?? 'demo'
  const shortest = Math.min(number(schema.minLength) ?? 0, 10_000)
  return 'demo'.padEnd(shortest, 'demo').slice(0, Math.max(shortest, number(schema.maxLength) ?? shortest + 4))
}

/** Zero where it is allowed, else the allowed number nearest to a bound. */
function numberFor(schema: Record<string, unknown>, integer: boolean): number {
  const step = number(schema.multipleOf) ?? (integer ? 1 : 0)
  const above = number(schema.exclusiveMinimum)
  const below = number(schema.exclusiveMaximum)
  const smallest = Math.max(number(schema.minimum) ?? -Infinity, above ?? -Infinity)
  const largest = Math.min(number(schema.maximum) ?? Infinity, below ?? Infinity)
  if ((smallest < 0 || (smallest === 0 && above !== 0)) && (largest > 0 || (largest === 0 && below !== 0))) return 0
  if (smallest >= 0) {
    const value = step > 0 ? Math.ceil(smallest / step) * step : smallest
    return value === above ? value + (step > 0 ? step : between(smallest, largest)) : value
  }
  const value = step > 0 ? Math.floor(largest / step) * step : largest
  return value === below ? value - (step > 0 ? step : between(smallest, largest)) : value
}

const between = (smallest: number, largest: number) => Math.min(1, (largest - smallest) / 2)

const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined
