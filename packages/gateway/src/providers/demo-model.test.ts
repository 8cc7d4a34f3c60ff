import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { demoModelParts, parseDemoModel } from './demo-model.ts'

describe('a model name of the demo provider', () => {
  test('says by its parts what is wanted', () => {
    expect(parseDemoModel('demo')).toEqual({ name: 'demo' })
    const name = 'demo+status=429+retry-after=2+code=slow_down+first-token=20+no-done+crlf'
    expect(parseDemoModel(name)).toEqual({
      name,
      status: 429,
      'retry-after': 2,
      code: 'slow_down',
      'first-token': 20,
      'no-done': true,
      crlf: true,
    })
  })

  test.each([
    '',
    'gpt',
    'demo2',
    'demo+',
    'demo+unknown',
    'demo+hang=1',
    'demo+status',
    'demo+status=',
    'demo+status=200',
    'demo+status=600',
    'demo+chunks=0',
    'demo+delay=-1',
    'demo+delay=1.5',
    'demo+delay=1e3',
    'demo+code=a b',
    'demo+delay=1+delay=2',
    'demo+name=x',
    'demo+constructor=1',
  ])('is not understood by halves: %j', (name) => {
    expect(parseDemoModel(name)).toBeUndefined()
  })

  test('can have every part that the reference page lists, and no other', () => {
    const page = readFileSync(new URL('../../../../docs/reference/demo-provider.md', import.meta.url), 'utf8')
    const listed = [...page.matchAll(/^\| `\+([\w-]+)(?:=[^`]*)?`/gm)].map(([, key]) => key)
    const known = demoModelParts.map((part) => part.slice(1).split('=')[0])
    expect(listed.sort()).toEqual(known.sort())
  })
})
