import { randomBytes } from 'node:crypto'

/** For a new user to sign in with once: 125 random bits in groups that can be read out, e.g. `7km2q-x0cve-…`. */
export function newOneTimePassword(): string {
  // 256 is a multiple of 32, so every letter is as likely.
  const letters = Array.from(randomBytes(GROUPS * GROUP_LETTERS), (byte) => ALPHABET[byte % ALPHABET.length])
  return Array.from({ length: GROUPS }, (_, group) =>
    letters.slice(group * GROUP_LETTERS, (group + 1) * GROUP_LETTERS).join(''),
  ).join('-')
}

const GROUPS = 5
const GROUP_LETTERS = 5
/** Crockford's: no letter can be taken for another one. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
