import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateApiKey, parseApiKey } from './api-key.ts'

describe('generateApiKey', () => {
  it('makes keys of the documented form, each another', () => {
    const keys = Array.from({ length: 50 }, () => generateApiKey())
    for (const { value, publicId, hash } of keys) {
      expect(value).toMatch(/^sk-vmx-[0-9A-Za-z]{12}-[0-9A-Za-z]{49}$/)
      expect(value.slice(7, 19)).toBe(publicId)
      expect(hash).toBe(createHash('sha256').update(value).digest('hex'))
    }
    expect(new Set(keys.map(({ value }) => value)).size).toBe(keys.length)
  })

  it('gives a key another secret under its public id', () => {
    const { value, publicId } = generateApiKey()
    const next = generateApiKey(publicId)
    expect(parseApiKey(next.value)).toEqual({ publicId, hash: next.hash })
    expect(next.value).not.toBe(value)
  })

  it('makes keys that are read back as what is stored of them', () => {
    const { value, ...stored } = generateApiKey()
    expect(parseApiKey(value)).toEqual(stored)
  })
})

describe('parseApiKey', () => {
  it('refuses a key with any one character changed', () => {
    const { value } = generateApiKey()
    fc.assert(
      fc.property(fc.nat(value.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        fc.pre(character !== value[at])
        expect(parseApiKey(value.slice(0, at) + character + value.slice(at + 1))).toBeUndefined()
      }),
      { numRuns: 2000 },
    )
  })

  it('refuses a key that was cut, extended or had two characters swapped', () => {
    const { value } = generateApiKey()
    const at = [...value].findIndex((character, i) => i > 20 && character !== value[i + 1])
    const swapped = value.slice(0, at) + value.charAt(at + 1) + value.charAt(at) + value.slice(at + 2)
    for (const wrong of [value.slice(0, -1), `${value}0`, ` ${value}`, `${value}\n`, swapped, ''])
      expect(parseApiKey(wrong)).toBeUndefined()
  })

  it('keeps reading the keys it has made before: the checksum is the CRC-32 of all before it, in base62', () => {
    expect(parseApiKey('sk-vmx-000000000000-0000000000000000000000000000000000000000000CHECKS')).toBeUndefined()
    expect(parseApiKey(KNOWN)).toMatchObject({ publicId: '000000000000' })
  })
})

const KNOWN = 'sk-vmx-000000000000-00000000000000000000000000000000000000000003p4xWq'
