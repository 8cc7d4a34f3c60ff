import { expect, it } from 'vitest'
import { boundsOf, timeSpanOf } from './time-spans.ts'

const read = (text: string) => timeSpanOf(new URLSearchParams(text))
const NOW = Date.parse('2026-11-26T12:00:00.000Z')

it('reads a span that ends now before one of its own, and leaves out what is no time', () => {
  expect(read('span=1h&from=2026-01-01T00:00:00Z')).toEqual({ span: '1h' })
  expect(read('span=toString&from=2026-01-01T01:00:00%2B01:00&to=soon')).toEqual({ from: '2026-01-01T00:00:00.000Z' })
  expect(read('from=-1')).toEqual({})
})

it('asks from the beginning of a span that ends now on, and for one of its own as it is', () => {
  expect(boundsOf({ span: '1h' }, NOW)).toEqual({ from: '2026-11-26T11:00:00.000Z' })
  expect(boundsOf({ to: '2026-11-02T00:00:00.000Z' }, NOW)).toEqual({ to: '2026-11-02T00:00:00.000Z' })
  expect(boundsOf({}, NOW)).toEqual({})
})
