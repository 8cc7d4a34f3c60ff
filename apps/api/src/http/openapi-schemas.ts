import * as contract from '@vm-x/contract'
import { z } from 'zod'

export type JsonSchema = { readonly [keyword: string]: unknown }

/**
 * What a schema lets in, or what it gives out: what has a default is optional in one, and always there in the other. The
 * former say it in words only: of the keyword, generators of clients make fields that must be there.
 */
export type Side = 'input' | 'output'

/** `parameters`: objects whose fields are parameters one by one. */
export type Uses = Readonly<Record<Side | 'parameters', readonly z.ZodType[]>>

/**
 * JSON Schemas of what routes take and give. They refer by name to those that the contract exports; one that is another
 * on each side ends in `Input` on that side.
 */
export class OpenApiSchemas {
  readonly #names = new Map(namedSchemas())
  readonly #ids = new Map<z.ZodType, string>()
  readonly #converted: Readonly<Record<Side, Readonly<Record<string, JsonSchema>>>>
  readonly #used: Readonly<Record<Side, ReadonlySet<string>>>
  readonly #differing: ReadonlySet<string>

  constructor(uses: Uses) {
    for (const schema of [...this.#names.keys(), ...uses.input, ...uses.output, ...uses.parameters])
      this.#ids.set(schema, this.#names.get(schema) ?? `anonymous${this.#ids.size}`)
    const input = convert(this.#ids, 'input')
    for (const schema of this.#ids.keys()) {
      const id = this.#ids.get(schema) ?? ''
      // Parameters are one by one required or not, whatever their defaults are.
      if (!uses.parameters.includes(schema)) input[id] = mapped(input[id] ?? {}, withDefaultInWords)
    }
    this.#converted = { input, output: convert(this.#ids, 'output') }
    this.#used = { input: this.#reached(uses, 'input'), output: this.#reached(uses, 'output') }
    this.#differing = this.#different()
  }

  /** For where `schema`, one of the uses, is used. */
  of(schema: z.ZodType, side: Side): JsonSchema {
    const name = this.#names.get(schema)
    return name === undefined ? this.written(schema, side) : { $ref: REFERENCE + this.#nameOf(name, side) }
  }

  /** The same, written out on its first level. */
  written(schema: z.ZodType, side: Side): JsonSchema {
    const json = this.#converted[side][this.#ids.get(schema) ?? '']
    if (!json) throw new Error('The schema is none of the uses')
    return this.#renamed(json, side)
  }

  /** Everything that the uses refer to, by name. */
  components(): Record<string, JsonSchema> {
    const all = (['input', 'output'] as const).flatMap((side) =>
      [...this.#used[side]].map((name): [string, JsonSchema] => [
        this.#nameOf(name, side),
        this.#renamed(this.#converted[side][name] ?? {}, side),
      ]),
    )
    return Object.fromEntries(all.toSorted(([one], [other]) => (one < other ? -1 : 1)))
  }

  #nameOf(name: string, side: Side): string {
    return side === 'input' && this.#differing.has(name) ? `${name}Input` : name
  }

  #renamed(json: JsonSchema, side: Side): JsonSchema {
    return mapped(json, (inner) => {
      const [name] = referencesOf({ $ref: inner['$ref'] })
      return name === undefined ? inner : { ...inner, $ref: REFERENCE + this.#nameOf(name, side) }
    })
  }

  #reached(uses: Uses, side: Side): ReadonlySet<string> {
    const reached = new Set(uses[side].flatMap((schema) => this.#names.get(schema) ?? []))
    const unnamed = [...uses[side], ...(side === 'input' ? uses.parameters : [])]
    for (const schema of unnamed)
      for (const found of referencesOf(this.#converted[side][this.#ids.get(schema) ?? ''])) reached.add(found)
    // A set that grows while it is gone through.
    for (const name of reached) for (const found of referencesOf(this.#converted[side][name])) reached.add(found)
    return reached
  }

  /** Used on both sides, and not the same on both, be it by what it refers to. */
  #different(): ReadonlySet<string> {
    const { input, output } = this.#converted
    const shared = [...this.#used.input].filter((name) => this.#used.output.has(name))
    const differing = new Set(shared.filter((name) => JSON.stringify(input[name]) !== JSON.stringify(output[name])))
    for (const _round of shared)
      for (const name of shared)
        if (referencesOf(input[name]).some((found) => differing.has(found))) differing.add(name)
    const taken = [...differing].filter((name) => this.#used.input.has(`${name}Input`))
    if (taken.length > 0) throw new Error(`There are two schemas ${taken}Input`)
    return differing
  }
}

const REFERENCE = '#/components/schemas/'

/** Those that the contract exports, under their names. */
function* namedSchemas(): Generator<[z.ZodType, string]> {
  for (const [name, value] of Object.entries(contract))
    if (value instanceof z.ZodType) yield [value, name.charAt(0).toUpperCase() + name.slice(1)]
}

function convert(ids: ReadonlyMap<z.ZodType, string>, io: Side): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>()
  for (const [schema, id] of ids) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, {
    target: 'draft-2020-12',
    io,
    uri: (id) => REFERENCE + id,
    unrepresentable: 'any',
    override: readable,
  })
  const { __shared: shared, ...named } = schemas as Record<string, JsonSchema>
  const definitions = (shared?.['$defs'] ?? {}) as Record<string, JsonSchema>
  return Object.fromEntries(Object.entries(named).map(([name, json]) => [name, tidied(json, definitions)]))
}

type Override = { readonly jsonSchema: z.core.JSONSchema.BaseSchema }

/** Formats say what their patterns do, and whole numbers end where JavaScript's do. */
function readable({ jsonSchema: json }: Override): void {
  if (json.format !== undefined) delete json.pattern
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum
}

/** Without what a part of a document does not need, and with what has no name of its own written out. */
function tidied(json: JsonSchema, definitions: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const { $schema: _schema, $id: _id, ...rest } = json
  return mapped(rest, (inner) => {
    const name = /__shared#\/\$defs\/(\w+)$/.exec(String(inner['$ref']))?.[1]
    const definition = name === undefined ? undefined : definitions[name]
    if (!definition) return inner
    const { $ref: _ref, ...beside } = inner
    return { ...tidied(definition, definitions), ...beside }
  })
}

function withDefaultInWords(json: JsonSchema): JsonSchema {
  if (!Object.hasOwn(json, 'default')) return json
  const { default: value, description, ...rest } = json
  const words = `Default: \`${JSON.stringify(value)}\``
  return { ...rest, description: typeof description === 'string' ? `${description}\n\n${words}` : words }
}

/** Every schema within, from the inside out. */
function mapped(value: JsonSchema, change: (json: JsonSchema) => JsonSchema): JsonSchema {
  const inner = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(inner)
    return typeof part === 'object' && part !== null ? mapped(part as JsonSchema, change) : part
  }
  const each = (parts: object, of: (part: unknown, key: string) => unknown) =>
    Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, of(part, key)]))
  // Names of fields are no keywords.
  return change(each(value, (part, key) => (key === 'properties' ? each(part as object, inner) : inner(part))))
}

const referencesOf = (json: JsonSchema | undefined): string[] =>
  [...JSON.stringify(json ?? {}).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? '')
