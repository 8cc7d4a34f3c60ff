import {
  type FieldDefinition,
  type NamedField,
  nameOfField,
  needsList,
  needsNoValue,
  operatorsOf,
  parseFieldName,
} from './field-catalogue.ts'
import type { RuleComparison } from './routing-rule.ts'

type Value = RuleComparison['value']
type Scalar = string | number | boolean

/** Another field in a comparison: what of the operator and the value fits it is kept. */
export function withField(comparison: RuleComparison, field: NamedField): RuleComparison {
  const { type } = field.definition
  const operators = operatorsOf(type)
  const kept = operators.some(({ op }) => op === comparison.op)
  const op = kept ? comparison.op : (operators[0]?.op ?? 'eq')
  const sameField = parseFieldName(comparison.field)?.definition.id === field.definition.id
  return withOp({ ...comparison, field: nameOfField(field), ...(!sameField && { value: undefined }) }, op)
}

/** Another operator in a comparison; the value becomes one that it takes. */
export function withOp({ field, value }: RuleComparison, op: RuleComparison['op']): RuleComparison {
  if (needsNoValue(op)) return { field, op }
  const definition = parseFieldName(field)?.definition
  if (needsList(op)) return { field, op, value: listOf(value, definition?.type === 'number') }
  const [first] = Array.isArray(value) ? value : [value]
  return { field, op, value: scalarOf(first, definition) }
}

function listOf(value: Value, numbers: boolean): (string | number)[] {
  const items = Array.isArray(value) ? value : value === undefined || value === '' ? [] : [value]
  return numbers ? items.filter((item) => typeof item === 'number') : items.filter((item) => typeof item === 'string')
}

function scalarOf(value: Scalar | undefined, definition: FieldDefinition | undefined): Scalar {
  if (definition?.type === 'number') return typeof value === 'number' ? value : typicalValue(definition)
  if (definition?.type === 'flag') return typeof value === 'boolean' ? value : true
  return typeof value === 'string' ? value : ''
}

const TYPICAL = { tokens: 1000, ms: 2000, share: 0.1, percent: 10 } as const

/** A value to begin with that makes sense of the field. */
function typicalValue({ id, unit }: FieldDefinition): number {
  if (unit) return TYPICAL[unit]
  if (id.endsWith('.length')) return 1000
  return id === 'random' ? 0.5 : 1
}

/** The numbers in a text that people wrote as a list; undefined where one is none. */
export function numbersIn(text: string): number[] | undefined {
  const parts = text.split(/[\s,;]+/).filter(Boolean)
  const numbers = parts.map(Number)
  return numbers.every(Number.isFinite) ? numbers : undefined
}
