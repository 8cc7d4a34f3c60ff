import { describe, expect, test } from 'vitest'
import { minimalInstance } from './demo-schema.ts'

describe('the minimal instance of a schema', () => {
  test.each<[string, unknown, unknown]>([
    ['a string', { type: 'string' }, 'demo'],
    ['a short string', { type: 'string', maxLength: 2 }, 'de'],
    ['a long string', { type: 'string', minLength: 6 }, 'demode'],
    ['a date', { type: 'string', format: 'date' }, '2025-01-01'],
    ['a number', { type: 'number' }, 0],
    ['a number from a bound on', { type: 'number', minimum: 1.5 }, 1.5],
    ['an integer above a bound', { type: 'integer', exclusiveMinimum: 3 }, 4],
    ['an integer below a bound', { type: 'integer', maximum: -2 }, -2],
    ['an integer between halves', { type: 'integer', minimum: 0.5, maximum: 1.5 }, 1],
    ['a multiple', { type: 'integer', minimum: 7, multipleOf: 5 }, 10],
    ['a number above zero', { type: 'number', exclusiveMinimum: 0, maximum: 1 }, 0.5],
    ['a boolean', { type: 'boolean' }, true],
    ['null', { type: 'null' }, null],
    ['a nullable value', { type: ['null', 'string'] }, null],
    ['an enum', { enum: ['red', 'blue'] }, 'red'],
    ['a constant', { const: 0 }, 0],
    ['an array', { type: 'array', items: { type: 'string' } }, []],
    ['an array with a least length', { type: 'array', items: { const: 1 }, minItems: 2 }, [1, 1]],
    ['a tuple', { type: 'array', prefixItems: [{ const: 'a' }], items: { const: 'b' }, minItems: 2 }, ['a', 'b']],
    ['no schema', undefined, {}],
    ['the first of several', { anyOf: [{ const: 1 }, { const: 2 }] }, 1],
    [
      'all of several',
      {
        allOf: [
          { properties: { a: { const: 1 } }, required: ['a'] },
          { properties: { b: { const: 2 } }, required: ['b'] },
        ],
      },
      { a: 1, b: 2 },
    ],
    [
      'required properties only',
      { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } }, required: ['a'] },
      { a: 'demo' },
    ],
    [
      'nested, by reference',
      {
        type: 'object',
        properties: { steps: { type: 'array', items: { $ref: '#/$defs/step' }, minItems: 1 } },
        required: ['steps'],
        $defs: { step: { type: 'object', properties: { done: { type: 'boolean' } }, required: ['done'] } },
      },
      { steps: [{ done: true }] },
    ],
    [
      'a list that refers to itself',
      { type: 'object', properties: { next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } }, required: ['next'] },
      { next: null },
    ],
    ['a required property called __proto__', JSON.parse('{"required":["__proto__"]}'), JSON.parse('{"__proto__":{}}')],
  ])('of %s', (_, schema, instance) => {
    expect(minimalInstance(schema)).toEqual(instance)
  })

  test('is undefined where none ends, however the schema is built', () => {
    expect(minimalInstance({ properties: { self: { $ref: '#' } }, required: ['self'] })).toBeUndefined()
    expect(minimalInstance({ $ref: '#/$defs/gone' })).toBeUndefined()
    const level = (next: number) => ({ anyOf: [{ $ref: `#/$defs/${next}` }, { $ref: `#/$defs/${next}` }] })
    const $defs = Object.fromEntries(Array.from({ length: 30 }, (_, depth) => [depth, level(depth + 1)]))
    expect(minimalInstance({ ...level(0), $defs })).toBeUndefined()
  })
})
