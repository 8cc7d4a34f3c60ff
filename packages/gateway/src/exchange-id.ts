import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

/** A UUIDv7. Random bytes are drawn for many at once: one draw costs as much as all else together. */
export function exchangeId(): string {
  if (at === pool.length) {
    randomFillSync(pool)
    at = 0
  }
  const random = pool.subarray(at, at + BYTES)
  at += BYTES
  return v7({ random })
}

const BYTES = 16
const pool = Buffer.alloc(BYTES * 256)
let at = pool.length
