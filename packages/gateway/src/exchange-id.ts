import { randomBytes } from 'node:crypto'

/**
 * A UUIDv7 (RFC 9562, section 5.7). Random digits are drawn for many at once, and the part that holds the time is
 * written once each millisecond: both cost more than all else together.
 */
export function exchangeId(nowMs = Date.now()): string {
  if (nowMs !== writtenMs) {
    const time = nowMs.toString(16).padStart(12, '0')
    written = `${time.slice(0, 8)}-${time.slice(8)}-7`
    writtenMs = nowMs
  }
  if (at === digits.length) {
    digits = randomBytes(BYTES * 256).toString('hex')
    at = 0
  }
  const from = at
  at += 2 * BYTES
  const variant = VARIANTS[Number.parseInt(digits.charAt(from), 16) & 3]
  return `${written}${digits.slice(from + 1, from + 4)}-${variant}${digits.slice(from + 4, from + 7)}-${digits.slice(from + 7, from + 19)}`
}

/** Ten for each: 20 digits, of which the first only chooses among the variants. */
const BYTES = 10
const VARIANTS = ['8', '9', 'a', 'b']

let writtenMs = Number.NaN
let written = ''
let digits = ''
let at = 0
