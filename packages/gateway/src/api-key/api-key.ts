import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const FORMAT = /^sk-vmx-([0-9A-Za-z]{12})-[0-9A-Za-z]{43}([0-9A-Za-z]{6})$/

/** What is stored of a key: the part that may be shown, and the hex SHA-256 of the whole. */
export type StoredApiKey = { readonly publicId: string; readonly hash: string }

/**
 * A new key: `sk-vmx-<12 public id>-<43 secret><6 checksum>`, base62. The value is shown once and never stored.
 * @param publicId of a key that is given another secret
 */
export function generateApiKey(publicId: string = randomBase62(12)): StoredApiKey & { readonly value: string } {
  const body = `sk-vmx-${publicId}-${randomBase62(43)}`
  const value = body + checksum(body)
  return { value, publicId, hash: hashApiKey(value) }
}

/** Undefined when the text can't be a key: wrong form, or a checksum that shows it was mistyped. No look-up is needed then. */
export function parseApiKey(value: string): StoredApiKey | undefined {
  const match = FORMAT.exec(value)
  const publicId = match?.[1]
  if (!publicId || match[2] !== checksum(value.slice(0, -6))) return undefined
  return { publicId, hash: hashApiKey(value) }
}

/** Hex SHA-256 of a whole key. */
export const hashApiKey = (value: string): string => hash('sha256', value)

const checksum = (text: string) => {
  let rest = crc32(text)
  let digits = ''
  for (let i = 0; i < 6; i++) {
    digits = ALPHABET.charAt(rest % 62) + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}

function randomBase62(length: number): string {
  let text = ''
  while (text.length < length) {
    // Bytes of 248 and more are thrown away: 248 is a multiple of 62, so no character is likelier than another.
    for (const byte of randomBytes(length)) if (byte < 248 && text.length < length) text += ALPHABET.charAt(byte % 62)
  }
  return text
}
