import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js'
import { costOf } from './expression-cost.ts'
import { type Field, type NamedTarget, parseField, type TargetNames } from './field.ts'
import { compilePattern, type Pattern } from './pattern.ts'
import type { RequestView } from './request-view.ts'

/** How much of each end of a text an expression sees, in UTF-16 code units. */
const END = 16_384
const MAX_BYTES = 2_048
/** Characters it may go through, about 20 ms. */
export const MOST_EXPRESSION_COST = 5_000_000

/**
 * Compiles a CEL expression that answers true or false; an answer of type string says what is wrong with it.
 *
 * It may name the fields of rules, written as there, call a few functions, and use one comprehension at a time. Of a
 * text longer than 32 K it sees the first and the last 16 K. Where a value is absent that it can't do without, it is
 * false; when it fails otherwise, it throws.
 */
export function compileExpression(source: string, targets: TargetNames): ((view: RequestView) => boolean) | string {
  const checked = check(source, targets)
  if (typeof checked === 'string') return checked
  const { evaluate, fields, patterns } = checked
  return (view) => {
    try {
      return evaluate({ _request: new Values(view, fields, patterns) }) === true
    } catch (error) {
      if (error === ABSENT) return false
      throw error
    }
  }
}

/**
 * The most characters that the expression can go through, see {@link costOf}; {@link MOST_EXPRESSION_COST} is the bound.
 * Undefined where it can't be compiled.
 */
export function expressionCost(source: string): number | undefined {
  const checked = check(source, { exists: () => true, keyOf: () => undefined })
  return typeof checked === 'string' ? undefined : checked.cost
}

/** The targets that the expression names, also where it can't be compiled for another reason. Cheaper than to compile it. */
export function targetsInExpression(source: string): NamedTarget[] {
  const targets: NamedTarget[] = []
  const reading = new Reading(source, { exists: (target) => targets.push(target) > 0, keyOf: () => undefined })
  try {
    reading.visit(cel.parse(source).ast, NO_VARIABLES)
  } catch {
    // It never holds: what it names until there is all that it may look at.
  }
  return targets
}

type Checked = {
  readonly evaluate: ReturnType<typeof cel.parse>
  readonly fields: readonly Field[]
  readonly patterns: readonly Pattern[]
  readonly cost: number
}

function check(source: string, targets: TargetNames): Checked | string {
  if (Buffer.byteLength(source) > MAX_BYTES) return 'is longer than 2 KB'
  const reading = new Reading(source, targets)
  try {
    reading.visit(cel.parse(source).ast, NO_VARIABLES)
    const evaluate = cel.parse(reading.rewritten())
    const { valid, type, error } = evaluate.check()
    if (!valid) return error ? said(error, source, (index) => reading.originOf(index)) : 'can not be read'
    if (type !== 'bool') return `must answer true or false, not ${type}`
    const cost = costOf(evaluate.ast)
    if (cost > MOST_EXPRESSION_COST)
      return `goes through more than ${MOST_EXPRESSION_COST} characters of the longest texts`
    return { evaluate, fields: reading.fields, patterns: reading.patterns, cost }
  } catch (error) {
    if (error instanceof Refused) return error.message
    return error instanceof ParseError ? said(error, source) : 'can not be read'
  }
}

class Refused extends Error {}

const ABSENT = new Error('a value is absent')

/** What the library says is wrong, and where in the source that is. */
function said(
  { summary, range }: Pick<ParseError, 'summary' | 'range'>,
  source: string,
  originOf = (index: number) => index,
): string {
  if (!range) return summary
  const before = source.slice(0, originOf(range.start)).split('\n')
  return `${summary} at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}

/** What the rewritten expression reads from: the request, with the fields and patterns it names by number. */
class Values {
  readonly #view: RequestView
  readonly #fields: readonly Field[]
  readonly #patterns: readonly Pattern[]

  constructor(view: RequestView, fields: readonly Field[], patterns: readonly Pattern[]) {
    this.#view = view
    this.#fields = fields
    this.#patterns = patterns
  }

  read(index: bigint): string | number | boolean | readonly string[] | undefined {
    return this.#fields[Number(index)]?.read(this.#view)
  }

  need(index: bigint): string | number | boolean | readonly string[] {
    const value = this.read(index)
    if (value === undefined) throw ABSENT
    return value
  }

  matches(index: bigint, text: string): boolean {
    return this.#patterns[Number(index)]?.test(text) ?? false
  }
}

const cel = new Environment({
  limits: { maxAstNodes: 400, maxDepth: 30, maxListElements: 50, maxMapEntries: 0, maxCallArguments: 3 },
})
  .registerType('RuleValues', { ctor: Values, fields: {} })
  .registerVariable('_request', 'RuleValues')
  .registerFunction('RuleValues.text(int): string', (values: Values, index: bigint) => ends(values.need(index)))
  .registerFunction('RuleValues.whole(int): int', (values: Values, index: bigint) => BigInt(Number(values.need(index))))
  .registerFunction('RuleValues.number(int): double', (values: Values, index: bigint) => values.need(index))
  .registerFunction('RuleValues.flag(int): bool', (values: Values, index: bigint) => values.need(index))
  .registerFunction('RuleValues.list(int): list<string>', (values: Values, index: bigint) => values.read(index) ?? [])
  .registerFunction('RuleValues.exists(int): bool', (values: Values, index: bigint) => values.read(index) !== undefined)
  .registerFunction('RuleValues.matches(int, string): bool', (values: Values, index: bigint, text: string) =>
    values.matches(index, text),
  )

function ends(value: unknown): unknown {
  return typeof value === 'string' && value.length > 2 * END ? `${value.slice(0, END)}\n…\n${value.slice(-END)}` : value
}

const NO_VARIABLES: ReadonlySet<string> = new Set()
const FUNCTIONS = new Set(['size', 'int', 'double', 'string'])
const METHODS = new Set(['startsWith', 'endsWith', 'contains', 'size', 'lowerAscii', 'upperAscii'])
const COMPREHENSIONS = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])
const OPERATORS = new Set('== != < <= > >= && || !_ -_ ?: in + - * / % list'.split(' '))

/**
 * One walk over what the author wrote. Only what is known to be cheap passes; fields and patterns are replaced by their
 * numbers, so that the library never sees the request itself nor compiles a pattern.
 */
class Reading {
  readonly fields: Field[] = []
  readonly patterns: Pattern[] = []
  readonly #source: string
  readonly #targets: TargetNames
  readonly #edits: { readonly start: number; readonly end: number; readonly text: string }[] = []

  constructor(source: string, targets: TargetNames) {
    this.#source = source
    this.#targets = targets
  }

  /** @param variables those of the comprehension around it */
  visit(node: ASTNode, variables: ReadonlySet<string>): void {
    const name = fieldName(node)
    const local = node.op === 'id' && variables.has(node.args)
    if (node.op === 'value' || local) return
    if (name !== undefined) this.#replace(node, this.#field(name))
    else if (node.op === 'call') this.#call(node.args[0], node.args[1], node, variables)
    else if (node.op === 'rcall') this.#method(node, node.args, variables)
    else if (OPERATORS.has(node.op)) for (const child of childrenOf(node)) this.visit(child, variables)
    else if (node.op === 'id') throw new Refused(`${node.args} is not a field that rules can look at`)
    else throw new Refused(`uses ${node.op}, which expressions of rules do not know`)
  }

  /** The expression with everything replaced that the walk replaced. */
  rewritten(): string {
    let text = this.#source
    for (const edit of this.#edits.sort((a, b) => b.start - a.start))
      text = text.slice(0, edit.start) + edit.text + text.slice(edit.end)
    return text
  }

  /** Where in the source a place of the rewritten expression comes from. */
  originOf(index: number): number {
    let grown = 0
    for (const { start, end, text } of this.#edits.toSorted((a, b) => a.start - b.start)) {
      if (index < start + grown) break
      if (index < start + grown + text.length) return start
      grown += text.length - (end - start)
    }
    return index - grown
  }

  #call(name: string, args: readonly ASTNode[], node: ASTNode, variables: ReadonlySet<string>): void {
    const [only] = args
    if (name === 'has') {
      const field = only && fieldName(only)
      if (field === undefined || args.length !== 1) throw new Refused('has() takes a field')
      this.#replace(node, `_request.exists(${this.#indexOf(field)})`)
      return
    }
    if (!FUNCTIONS.has(name)) throw new Refused(`calls ${name}, which expressions of rules do not know`)
    for (const arg of args) this.visit(arg, variables)
  }

  #method(
    node: ASTNode,
    [name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]],
    variables: ReadonlySet<string>,
  ): void {
    if (name === 'matches') return this.#matches(node, receiver, args, variables)
    this.visit(receiver, variables)
    if (METHODS.has(name)) {
      for (const arg of args) this.visit(arg, variables)
      return
    }
    if (!COMPREHENSIONS.has(name)) throw new Refused(`calls ${name}, which expressions of rules do not know`)
    if (variables.size > 0) throw new Refused('nests comprehensions')
    const [variable, ...bodies] = args
    if (variable?.op !== 'id' || !/^[a-z][a-z0-9]{0,30}$/.test(variable.args) || ROOTS.has(variable.args))
      throw new Refused(`${name} takes a variable's name first`)
    for (const body of bodies) this.visit(body, new Set([variable.args]))
  }

  #matches(node: ASTNode, receiver: ASTNode, args: readonly ASTNode[], variables: ReadonlySet<string>): void {
    const [pattern] = args
    if (pattern?.op !== 'value' || typeof pattern.args !== 'string' || args.length !== 1)
      throw new Refused('matches() takes one pattern, written as a text')
    if (variables.size > 0) throw new Refused('uses matches() in a comprehension')
    const field = fieldName(receiver)
    if (field === undefined) throw new Refused('matches() is called on a field')
    const compiled = compilePattern(pattern.args)
    if (typeof compiled === 'string') throw new Refused(`"${pattern.args.slice(0, 50)}" ${compiled}`)
    this.patterns.push(compiled)
    this.#replace(node, `_request.matches(${this.patterns.length - 1}, ${this.#field(field)})`)
  }

  #field(name: string): string {
    const index = this.#indexOf(name)
    const field = this.fields[index]
    if (!field) throw new Refused(`${name} is not a field that rules can look at`)
    return `_request.${field.type === 'number' && field.whole ? 'whole' : field.type}(${index})`
  }

  #indexOf(name: string): number {
    const field = parseField(name, this.#targets)
    if (typeof field === 'string') throw new Refused(`${name} ${field}`)
    return this.fields.push(field) - 1
  }

  #replace({ range: { start, end } }: ASTNode, text: string): void {
    this.#edits.push({ start, end, text })
  }
}

const ROOTS = new Set(['request', 'tokens', 'apiKey', 'time', 'random', 'latency', 'ttft', 'capacity', 'errorRate'])

/** A field as rules write it, where the node is nothing but one. */
function fieldName(node: ASTNode): string | undefined {
  if (node.op === 'call' && node.args[0] === 'errorRate') return called('errorRate', node.args[1])
  if (node.op === 'rcall') {
    const receiver = path(node.args[1])
    const root = receiver?.split('.', 1)[0] ?? ''
    return SIGNAL_ROOTS.has(root) ? called(`${receiver}.${node.args[0]}`, node.args[2]) : undefined
  }
  return path(node)
}

const SIGNAL_ROOTS = new Set(['latency', 'ttft', 'capacity'])

function called(name: string, args: readonly ASTNode[]): string {
  const written = args.map(({ op, args: value }) =>
    op === 'value' && (typeof value === 'string' || typeof value === 'bigint') ? String(value) : '?',
  )
  return `${name}(${written.join(', ')})`
}

/** `a.b["c"]` as `a.b.c`, where `a` is one of the roots that fields have. */
function path(node: ASTNode): string | undefined {
  if (node.op === 'id') return ROOTS.has(node.args) ? node.args : undefined
  if (node.op !== '.' && node.op !== '[]') return undefined
  const [inner, last] = node.args
  const before = path(inner)
  const key = typeof last === 'string' ? last : last.op === 'value' && typeof last.args === 'string' ? last.args : '?'
  return before === undefined ? undefined : `${before}.${key}`
}

function childrenOf({ args }: ASTNode): readonly ASTNode[] {
  const all: readonly unknown[] = Array.isArray(args) ? args : [args]
  return all.filter((child): child is ASTNode => typeof child === 'object' && child !== null && 'op' in child)
}
