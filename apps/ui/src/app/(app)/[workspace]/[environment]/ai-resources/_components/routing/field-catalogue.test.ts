import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { FIELDS, nameOfField, operatorsOf, parseFieldName, partsOfTarget } from './field-catalogue.ts'

const page = readFileSync(new URL(`${'../'.repeat(10)}docs/reference/routing.md`, import.meta.url), 'utf8')

it('knows every field that the reference page lists, and no other', () => {
  const table = page.slice(page.indexOf('## Fields'), page.indexOf('The statistics are of'))
  const listed = table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''))
    .map((name) => name.replace(/\.<\w+>$/, '').replace('(minutes)', ''))
    .filter((name) => name !== '.length')
  const known = FIELDS.map(({ id }) => id).filter((id) => !id.endsWith('.length'))
  expect(known.toSorted()).toEqual(listed.toSorted())
  expect(FIELDS.filter(({ id }) => id.endsWith('.length'))).toHaveLength(4)
})

it('offers the operators that the reference page lists for each type', () => {
  const table = page.slice(page.indexOf('## Operators'), page.indexOf('- `in` and `notIn` take'))
  const of = (type: string) =>
    [...(table.split('\n').find((line) => line.startsWith(`| ${type}`)) ?? '').matchAll(/\b[a-z]+[A-Z]?[a-z]*\b/g)].map(
      ([word]) => word,
    )
  for (const [type, row] of [
    ['text', 'text'],
    ['number', 'number'],
    ['flag', 'true, false'],
    ['list', 'list'],
  ] as const)
    for (const { op } of operatorsOf(type)) expect(of(row)).toContain(op)
  expect(operatorsOf('text')).toHaveLength(11)
  expect(operatorsOf('number')).toHaveLength(10)
})

it.each([
  'tokens.input',
  'request.metadata.team.of.two',
  'request.metadata.',
  'request.headers.x-team',
  'request.allMessagesContent.length',
  'errorRate(5)',
  'latency.p95(60, openai/gpt-5.1)',
  'capacity.remainingPercent',
  'capacity.remainingPercent(openai/org/model)',
  'errorRate(0, /)',
])('reads and writes %s without a change', (name) => {
  const field = parseFieldName(name)
  expect(field && nameOfField(field)).toBe(name)
})

it('does not know a field that the catalogue has not', () => {
  for (const name of ['', 'tokens.inputs', 'errorRate', 'request.metadata', 'tokens.input(5)', 'errorRate(x)'])
    expect(parseFieldName(name)).toBeUndefined()
})

it('takes only the first slash of a target for its end of the connection', () => {
  expect(partsOfTarget('local/org/model')).toEqual({ connection: 'local', model: 'org/model' })
  expect(partsOfTarget('local')).toEqual({ connection: 'local', model: '' })
})
