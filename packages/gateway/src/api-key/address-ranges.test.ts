import { describe, expect, it } from 'vitest'
import { AddressRanges, normalisedRange } from './address-ranges.ts'

describe('AddressRanges', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.9.9.9/8', '10.0.0.1', true],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['0.0.0.0/0', '203.0.113.1', true],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '203.0.113.1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:db8::1', '2001:DB8:0::1', true],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['10.0.0.0/8', '::ffff:0a00:1', true],
    ['::ffff:10.0.0.0/104', '10.1.1.1', true],
    ['::ffff:10.0.0.0/104', '::ffff:11.0.0.1', false],
  ])('%s and %s: %s', (range, address, included) => {
    expect(new AddressRanges([range]).includes(address)).toBe(included)
  })

  it.each(['', 'everyone', '*', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/', '10.0.0.0/8/8', '10.1', '::/129'])(
    'lets nobody in by what is no range: %j',
    (text) => {
      for (const address of ['10.0.0.1', '::1', text]) expect(new AddressRanges([text]).includes(address)).toBe(false)
    },
  )

  it('includes what is in any of its ranges, and nothing when it has none', () => {
    const ranges = new AddressRanges(['nonsense', '10.0.0.0/8', '::1'])
    for (const address of ['10.0.0.1', '::1']) expect(ranges.includes(address)).toBe(true)
    expect(new AddressRanges([]).includes('10.0.0.1')).toBe(false)
  })
})

describe('normalisedRange', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7/32', '192.0.2.7'],
    ['10.9.9.9/8', '10.0.0.0/8'],
    ['203.0.113.1/0', '0.0.0.0/0'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['2001:db8:ffff::1/32', '2001:db8::/32'],
    ['::1/0', '::/0'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:10.1.2.3/104', '10.0.0.0/8'],
  ])('spells %s as %s', (text, spelled) => {
    expect(normalisedRange(text)).toBe(spelled)
    expect(normalisedRange(spelled)).toBe(spelled)
  })

  it.each([
    '',
    ' ',
    'localhost',
    '10.1',
    '010.0.0.1',
    '10.0.0.0/33',
    '10.0.0.0/',
    '::/129',
    'fe80::1%eth0',
    '10.0.0.1 ',
  ])('refuses %j', (text) => expect(normalisedRange(text)).toBeUndefined())
})
