import type { Comparison } from '@vm-x/contract'
import type { ConditionResult } from '../ledger/exchange-record.ts'
import type { Field } from './field.ts'
import { compilePattern } from './pattern.ts'
import type { RequestView } from './request-view.ts'

type Op = Comparison['op']
type Test<Value> = (value: Value) => boolean

/** Decides, and notes the comparisons it made. */
export type Compiled = (view: RequestView, made: ConditionResult[]) => boolean

export type ComparisonFault = { readonly part: 'field' | 'op' | 'value'; readonly message: string }

/**
 * A comparison with an absent value is false; `ne`, `notContains`, `notIn` and `notExists` are true then. Texts are
 * compared exactly.
 */
export function compileComparison(field: Field, { op, value }: Comparison): Compiled | ComparisonFault {
  const noted = (result: boolean): ConditionResult => Object.freeze({ field: field.name, op, result })
  const yes = noted(true)
  const no = noted(false)
  const note = (holds: (view: RequestView) => boolean): Compiled => {
    return (view, made) => {
      const result = holds(view)
      made.push(result ? yes : no)
      return result
    }
  }
  if (op === 'exists' || op === 'notExists') {
    if (value !== undefined) return { part: 'value', message: `is not used by ${op}` }
    return note((view) => (field.read(view) !== undefined) === (op === 'exists'))
  }
  if (!OPS[field.type].includes(op))
    return { part: 'op', message: `${op} does not fit ${field.name}: use ${OPS[field.type].join(', ')}` }
  if (value === undefined) return { part: 'value', message: `is needed by ${op}` }
  const negated = NEGATED[op]
  const whenAbsent = negated !== undefined
  // One branch for each type, so that field and test are known to fit.
  switch (field.type) {
    case 'text': {
      const test = textTest(negated ?? op, value)
      return typeof test === 'string' ? { part: 'value', message: test } : note(holds(field.read, test, whenAbsent))
    }
    case 'number': {
      const test = numberTest(negated ?? op, value)
      return typeof test === 'string' ? { part: 'value', message: test } : note(holds(field.read, test, whenAbsent))
    }
    case 'flag': {
      if (typeof value !== 'boolean') return { part: 'value', message: 'must be true or false' }
      return note(holds(field.read, (given: boolean) => given === value, whenAbsent))
    }
    case 'list': {
      const test = listTest(negated ?? op, value)
      return typeof test === 'string' ? { part: 'value', message: test } : note(holds(field.read, test, whenAbsent))
    }
  }
}

const EXISTENCE: readonly Op[] = ['exists', 'notExists']
const OPS: Readonly<Record<Field['type'], readonly Op[]>> = {
  text: ['eq', 'ne', 'contains', 'notContains', 'startsWith', 'endsWith', 'matches', 'in', 'notIn', ...EXISTENCE],
  number: ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'notIn', ...EXISTENCE],
  flag: ['eq', 'ne', ...EXISTENCE],
  list: ['contains', 'notContains', 'in', 'notIn', ...EXISTENCE],
}

const NEGATED: Partial<Record<Op, Op>> = { ne: 'eq', notContains: 'contains', notIn: 'in' }

function holds<Value>(read: (view: RequestView) => Value | undefined, test: Test<Value>, negated: boolean) {
  return (view: RequestView): boolean => {
    const value = read(view)
    return value !== undefined && test(value) ? !negated : negated
  }
}

type Given = NonNullable<Comparison['value']>

const isText = (value: unknown) => typeof value === 'string'
const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value)

function textTest(op: Op, value: Given): Test<string> | string {
  if (op === 'in') return memberTest<string>(value, isText, 'a list of texts')
  if (typeof value !== 'string') return 'must be a text'
  switch (op) {
    case 'eq':
      return (text) => text === value
    case 'contains':
      return (text) => text.includes(value)
    case 'startsWith':
      return (text) => text.startsWith(value)
    case 'endsWith':
      return (text) => text.endsWith(value)
    default: {
      const pattern = compilePattern(value)
      return typeof pattern === 'string' ? pattern : (text) => pattern.test(text)
    }
  }
}

function numberTest(op: Op, value: Given): Test<number> | string {
  if (op === 'in') return memberTest<number>(value, isNumber, 'a list of numbers')
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number'
  switch (op) {
    case 'eq':
      return (number) => number === value
    case 'gt':
      return (number) => number > value
    case 'gte':
      return (number) => number >= value
    case 'lt':
      return (number) => number < value
    default:
      return (number) => number <= value
  }
}

function listTest(op: Op, value: Given): Test<readonly string[]> | string {
  if (op === 'in') {
    const member = memberTest<string>(value, isText, 'a list of texts')
    return typeof member === 'string' ? member : (list) => list.some(member)
  }
  return typeof value === 'string' ? (list) => list.includes(value) : 'must be a text'
}

function memberTest<Value>(value: Given, fits: (item: unknown) => boolean, what: string): Test<Value> | string {
  if (!Array.isArray(value) || value.length === 0 || !value.every(fits)) return `must be ${what}`
  const members = new Set<unknown>(value)
  return (item) => members.has(item)
}
