import { RE2JS } from 're2js'

/** How much of each end of a text is looked at, in UTF-16 code units. */
const END = 16_384
const MAX_LENGTH = 500
const MAX_PROGRAM = 120

/** A pattern of RE2's syntax, matched in time linear in the text. */
export interface Pattern {
  /**
   * Whether it is found in the text. Of a text longer than 32 K only the first and the last 16 K are looked at, and no
   * match spans the gap; the first part's end counts as an end of the text.
   */
  test(text: string): boolean
}

/** An answer of type string says why the pattern can't be used. */
export function compilePattern(source: string): Pattern | string {
  if (source.length > MAX_LENGTH) return `is a pattern longer than ${MAX_LENGTH} characters`
  let pattern: RE2JS
  try {
    pattern = RE2JS.compile(source)
  } catch (error) {
    return `is not a pattern: ${error instanceof Error ? error.message : 'it can not be read'}`
  }
  if (pattern.programSize() > MAX_PROGRAM) return 'is a pattern that takes too much work: use smaller repetitions'
  return {
    test: (text) => {
      if (text.length <= 2 * END) return pattern.test(text)
      return pattern.test(text.slice(0, END)) || matchesTail(pattern, text)
    },
  }
}

function matchesTail(pattern: RE2JS, text: string): boolean {
  // The character before it tells `^` and `\b` that the text does not begin here.
  const tail = text.slice(-END - 1)
  return pattern.test(tail.slice(1)) && pattern.matcher(tail).find(1)
}
