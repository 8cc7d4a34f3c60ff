import { expect, it } from 'vitest'
import { filledIn, schemaFields } from './schema-problems.ts'

const SCHEMA = {
  type: 'object',
  properties: {
    baseUrl: { type: 'string', format: 'uri', maxLength: 40 },
    region: { type: 'string', enum: ['eu', 'us'], title: 'Where it runs' },
    retries: { type: 'integer', minimum: 1, maximum: 3 },
    strict: { type: 'boolean' },
    apiKey: { type: 'string', pattern: '^\\S+$', writeOnly: true },
  },
  required: ['baseUrl'],
}

it('makes a field of each property of a schema, whatever the schema', () => {
  const fields = schemaFields(SCHEMA)
  expect(fields.map(({ label, kind, required }) => [label, kind, required])).toEqual([
    ['Base URL', 'address', true],
    ['Where it runs', 'choice', false],
    ['Retries', 'number', false],
    ['Strict', 'switch', false],
    ['API key', 'secret', false],
  ])
  expect(schemaFields({ properties: { token: { type: 'string' } } }, true)[0]?.kind).toBe('secret')
})

it('finds what the schema does not allow, and nothing in optional fields that are empty', () => {
  const problems = (values: Record<string, unknown>) =>
    Object.fromEntries(
      schemaFields(SCHEMA).flatMap(({ name, problem }) => {
        const found = problem(values[name])
        return found ? [[name, found]] : []
      }),
    )
  expect(problems({})).toEqual({ baseUrl: 'is missing: the provider needs it' })
  expect(problems({ baseUrl: 'ftp://a', retries: 1.5, apiKey: 'a ' })).toEqual({
    baseUrl: 'must be an address that begins with http:// or https://',
    retries: 'must be a whole number',
    apiKey: 'must have no spaces around it',
  })
  expect(problems({ baseUrl: `https://${'a'.repeat(40)}.example`, retries: 4 })).toEqual({
    baseUrl: 'must be at most 40 characters',
    retries: 'must be at most 3',
  })
  expect(problems({ baseUrl: 'https://a.example/v1', region: 'eu', retries: 2, apiKey: 'abc' })).toEqual({})
})

it('sends no field that is empty', () => {
  expect(filledIn({ a: '', b: null, c: undefined, d: 0, e: false, f: 'x' })).toEqual({ d: 0, e: false, f: 'x' })
})
