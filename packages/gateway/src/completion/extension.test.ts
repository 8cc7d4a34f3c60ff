import { describe, expect, it } from 'vitest'
import { GatewayError } from '../errors.ts'
import { readExtension } from './extension.ts'

const refusal = (vmx: unknown, headers: Record<string, string> = {}): GatewayError => {
  try {
    readExtension(vmx, headers)
  } catch (error) {
    if (error instanceof GatewayError) return error
  }
  throw new Error('it was accepted')
}

describe('readExtension', () => {
  it('reads the body, the headers, or nothing', () => {
    const expected = { correlationId: 'c-1', metadata: { team: 'x' } }
    expect(readExtension(expected, {})).toEqual(expected)
    expect(readExtension(undefined, { 'x-vmx-correlation-id': 'c-1', 'x-vmx-metadata': '{"team":"x"}' })).toEqual(
      expected,
    )
    expect(readExtension(undefined, {})).toEqual({})
  })

  it('lets the body win, field by field', () => {
    const headers = { 'x-vmx-correlation-id': 'header', 'x-vmx-metadata': '{"from":"header"}' }
    expect(readExtension({ correlationId: 'body' }, headers)).toEqual({
      correlationId: 'body',
      metadata: { from: 'header' },
    })
    expect(readExtension({ metadata: {} }, headers)).toEqual({ correlationId: 'header', metadata: {} })
  })

  it.each([
    [null, 'vmx'],
    ['x', 'vmx'],
    [[], 'vmx'],
    [{ unknown: 1 }, 'vmx'],
    [{ correlationId: '' }, 'vmx.correlationId'],
    [{ correlationId: 'a\r\nset-cookie: x' }, 'vmx.correlationId'],
    [{ correlationId: 'ü' }, 'vmx.correlationId'],
    [{ correlationId: 'x'.repeat(129) }, 'vmx.correlationId'],
    [{ metadata: { a: 1 } }, 'vmx.metadata.a'],
    [{ metadata: { a: 'x'.repeat(257) } }, 'vmx.metadata.a'],
    [{ metadata: { ['k'.repeat(65)]: '' } }, `vmx.metadata.${'k'.repeat(65)}`],
    [{ metadata: Object.fromEntries([...Array(17).keys()].map((i) => [`k${i}`, ''])) }, 'vmx.metadata'],
  ])('400 naming the field for %j', (vmx, param) => {
    expect(refusal(vmx)).toMatchObject({ code: 'invalid_request', status: 400, param })
  })

  it('accepts 16 keys of 64 characters with values of 256', () => {
    const metadata = Object.fromEntries([...Array(16).keys()].map((i) => [`${i}`.padStart(64, 'k'), 'x'.repeat(256)]))
    expect(readExtension({ metadata }, {})).toEqual({ metadata })
  })

  it('400 naming the header at fault', () => {
    expect(refusal(undefined, { 'x-vmx-metadata': '{' }).param).toBe('x-vmx-metadata')
    expect(refusal(undefined, { 'x-vmx-metadata': '[]' }).param).toBe('x-vmx-metadata')
    expect(refusal(undefined, { 'x-vmx-correlation-id': '' }).param).toBe('x-vmx-correlation-id')
    expect(refusal({}, { 'x-vmx-metadata': '{"a":1}' }).param).toBe('x-vmx-metadata.a')
  })
})
