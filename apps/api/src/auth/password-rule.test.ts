import { expect, test } from 'vitest'
import { newOneTimePassword } from './one-time-password.ts'
import { passwordProblem } from './password-rule.ts'

const email = 'ada.lovelace@example.com'

test.each(['twelve chars', 'x'.repeat(128), '😀'.repeat(12), '😀'.repeat(128), 'ada.lovelace@example.com '])(
  'takes %j',
  (password) => expect(passwordProblem(password, email)).toBeUndefined(),
)

test.each(['', 'eleven char', 'x'.repeat(129), '😀'.repeat(11), '😀'.repeat(129)])(
  'refuses the length of %j',
  (password) => expect(passwordProblem(password, email)).toBe('must have 12 to 128 characters'),
)

test('refuses the e-mail address, in any case', () =>
  expect(passwordProblem('Ada.Lovelace@Example.com', email)).toBe('must not be the e-mail address'))

test('a one-time password satisfies the rule, is easy to read out, and never the same', () => {
  const made = Array.from({ length: 200 }, newOneTimePassword)
  for (const password of made) {
    expect(password).toMatch(/^([0-9a-hjkmnp-tv-z]{5}-){4}[0-9a-hjkmnp-tv-z]{5}$/)
    expect(passwordProblem(password, email)).toBeUndefined()
  }
  expect(new Set(made).size).toBe(200)
  expect(new Set(made.join('')).size).toBe(33)
})
