export const SHORTEST_PASSWORD = 12
export const LONGEST_PASSWORD = 128

/**
 * What is wrong with a password that somebody chose, as a sentence without it; undefined when nothing is. Length is what
 * counts, so no kinds of characters are asked for: https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
 */
export function passwordProblem(password: string, email: string): string | undefined {
  const { length } = [...password]
  if (length < SHORTEST_PASSWORD || length > LONGEST_PASSWORD)
    return `must have ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters`
  if (password.toLowerCase() === email.toLowerCase()) return 'must not be the e-mail address'
  return undefined
}
