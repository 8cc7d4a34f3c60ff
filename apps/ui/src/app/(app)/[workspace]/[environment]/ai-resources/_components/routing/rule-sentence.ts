import { needsNoValue, operatorsOf, parseFieldName, partsOfTarget, WEEKDAYS } from './field-catalogue.ts'
import type { RoutingRule, RuleAction, RuleComparison, RuleCondition, Target } from './routing-rule.ts'

type NameOf = (connectionId: string) => string | undefined
export type RuleSentence = { readonly when: string; readonly then: string }

/** A rule as one readable sentence, in two parts: when it applies, and what it does. */
export function ruleSentence({ when, then, traffic }: RoutingRule, connectionName: NameOf): RuleSentence {
  const share = traffic === 100 ? '' : `${figure(traffic)}% of requests`
  return { when: whenSentence(when, share), then: actionSentence(then, connectionName) }
}

function whenSentence(when: RoutingRule['when'], share: string): string {
  const condition = 'expression' in when ? `\`${shortened(when.expression.replace(/\s+/g, ' '), 120)}\`` : said(when)
  if (condition === ALWAYS) return share ? `For ${share}` : 'For every request'
  if (condition === NEVER) return 'Never'
  return share ? `For ${share} when ${condition}` : `When ${condition}`
}

const ALWAYS = 'always'
const NEVER = 'never'

/** Groups within others are in brackets. */
function said(condition: RuleCondition, inner = false): string {
  if ('field' in condition) return comparisonInWords(condition)
  if ('not' in condition) return notInWords(condition.not)
  const [parts, word, nothing] =
    'all' in condition ? ([condition.all, 'and', ALWAYS] as const) : ([condition.any, 'or', NEVER] as const)
  const [only] = parts
  if (only === undefined) return nothing
  if (parts.length === 1) return said(only, inner)
  const joined = parts.map((part) => said(part, true)).join(` ${word} `)
  return inner ? `(${joined})` : joined
}

function notInWords(condition: RuleCondition): string {
  const words = said(condition, true)
  return words.startsWith('(') ? `not ${words}` : `not (${words})`
}

export function comparisonInWords({ field, op, value }: RuleComparison): string {
  const known = parseFieldName(field)
  const subject = fieldInWords(field)
  const verb = operatorsOf(known?.definition.type).find((each) => each.op === op)?.label ?? op
  const [yes, no] = known?.definition.said ?? []
  if (yes !== undefined && no !== undefined && typeof value === 'boolean') return value === (op === 'eq') ? yes : no
  return needsNoValue(op) ? `${subject} ${verb}` : `${subject} ${verb} ${valueInWords(value, known?.definition.id)}`
}

/** A field as people say it, e.g. `error rate of openai/gpt-5.1 over 5 min`. */
export function fieldInWords(name: string): string {
  const field = parseFieldName(name)
  if (!field) return name || 'a field'
  const { definition, key, minutes, target } = field
  if (definition.parameter === 'key' || definition.parameter === 'header')
    return `${definition.label} ${key ? quoted(key) : '…'}`
  const of = target === undefined ? '' : ` of ${targetInWords(target)}`
  return `${definition.label}${of}${definition.parameter === 'minutes' ? ` over ${minutes} min` : ''}`
}

function targetInWords(target: string): string {
  const { connection, model } = partsOfTarget(target)
  return model ? `${model} at ${connection}` : connection || '…'
}

function valueInWords(value: RuleComparison['value'], fieldId: string | undefined): string {
  if (value === undefined || value === '') return '…'
  if (Array.isArray(value)) {
    if (value.length === 0) return '…'
    const shown = value.slice(0, 3).map((item) => valueInWords(item, fieldId))
    return value.length > 3 ? `${shown.join(', ')} or ${value.length - 3} more` : shown.join(', ')
  }
  if (typeof value === 'string') return quoted(shortened(value, 60))
  if (typeof value === 'boolean') return String(value)
  if (Number.isNaN(value)) return '…'
  if (fieldId === 'time.weekday') return WEEKDAYS[value - 1] ?? figure(value)
  if (fieldId === 'time.hour') return `${figure(value)}:00 UTC`
  const unit = parseFieldName(fieldId ?? '')?.definition.unit ?? unitOfCall(fieldId)
  if (unit === 'share') return `${figure(value * 100)}%`
  if (unit === 'ms') return `${figure(value)} ms`
  return unit === 'percent' ? `${figure(value)}%` : figure(value)
}

/** Fields with minutes are no names without them. */
const unitOfCall = (fieldId: string | undefined) => parseFieldName(`${fieldId}(5)`)?.definition.unit

const figures = new Intl.NumberFormat('en', { maximumFractionDigits: 3 })
const figure = (value: number) => figures.format(value)
const quoted = (text: string) => `“${text}”`
const shortened = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text)

function actionSentence(then: RuleAction, connectionName: NameOf): string {
  const name = (target: Target) => targetName(target, connectionName)
  if ('target' in then) return `go to ${name(then.target)}`
  if ('block' in then) return then.block ? `refuse with ${quoted(shortened(then.block, 80))}` : 'refuse with a message'
  if ('split' in then) {
    const parts = then.split.map(({ target, weight }) => `${figure(weight)}% to ${name(target)}`).join(', ')
    return `send ${parts}${then.sticky === undefined ? '' : `, the same ${fieldInWords(then.sticky)} always to the same`}`
  }
  return `${BALANCES[then.balance]} ${then.targets.map(name).join(', ')}`
}

const BALANCES = {
  latency: 'go to the fastest of',
  'least-busy': 'go to the least busy of',
  'round-robin': 'take turns between',
} as const

/** A target as people say it, e.g. `gpt-5 at openai-eu`. */
export function targetName({ connectionId, model }: Target, connectionName: NameOf): string {
  if (connectionId === '') return 'a target to be chosen'
  return `${model || 'a model to be chosen'} at ${connectionName(connectionId) ?? `connection ${connectionId.slice(0, 8)}…`}`
}
