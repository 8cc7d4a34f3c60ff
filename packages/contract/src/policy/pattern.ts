/**
 * What a pattern of actions or resources is made of: characters, and the wildcards below. A text is a pattern too,
 * one of characters only.
 */
export type Pattern = readonly (string | symbol)[]

const ONE = Symbol('one character of a segment')
const RUN = Symbol('any characters of a segment')
const REST = Symbol('any characters')
const HEX = Symbol('a digit of an id')

/**
 * Reads the wildcards of a pattern: `?` is one character of a segment, `*` any run of them; as the last character of
 * the pattern, `*` is any run of characters at all. Segments end at `/` and `:`. Everything else stands for itself.
 */
export function compilePattern(text: string): Pattern {
  const tokens: Pattern = text
    .split(/([*?]+)/)
    .flatMap((part, index): Pattern => (index % 2 === 0 ? [...part] : wildcards(part)))
  return text.endsWith('*') ? [...tokens.slice(0, -1), REST] : tokens
}

/** In one form however they are mixed, so that what means the same looks the same: `*?*` is `?*`. */
const wildcards = (part: string): Pattern => {
  const ones: Pattern = [...part].filter((character) => character === '?').map(() => ONE)
  return part.includes('*') ? [...ones, RUN] : ones
}

/** The pattern of a resource as routes name it: `{…}` is an id, everything else stands for itself, `*` too. */
export const compileTemplate = (template: string): Pattern =>
  template.split(/(\{\w+\})/).flatMap((part, index): Pattern => (index % 2 === 0 ? [...part] : ID))

const ID: Pattern = [...'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'].map((character) => (character === 'x' ? HEX : '-'))

export const compileText = (text: string): Pattern => [...text]

/**
 * Whether everything that `inner` matches is matched by `outer`; for a text, whether it is matched. Takes time in the
 * order of one length times the other at worst: of all runs only the last can be what is wrong, because the ones
 * before it took as little as they could and none takes more than its segment.
 */
export function covers(outer: Pattern, inner: Pattern): boolean {
  let at = 0
  let position = 0
  let afterRun: number | undefined
  let runEnd = 0
  while (position < inner.length) {
    if (outer[at] === REST) return true
    if (outer[at] === RUN) {
      at += 1
      afterRun = at
      runEnd = position
    } else if (stands(outer[at], inner[position])) {
      at += 1
      position += 1
    } else {
      if (afterRun === undefined || !isOfSegment(inner[runEnd])) return false
      at = afterRun
      runEnd += 1
      position = runEnd
    }
  }
  return outer.slice(at).every((token) => token === RUN || token === REST)
}

type Token = Pattern[number] | undefined

const stands = (outer: Token, inner: Token) => outer === inner || (outer === ONE && isCharacter(inner))

const isCharacter = (token: Token) =>
  typeof token === 'string' ? token !== '/' && token !== ':' : token === ONE || token === HEX

const isOfSegment = (token: Token) => isCharacter(token) || token === RUN

/** Whether some text is matched by both. Takes time in the order of one length times the other at worst. */
export function intersect(left: Pattern, right: Pattern): boolean {
  const width = right.length + 1
  const seen = new Uint8Array((left.length + 1) * width)
  const open = [0]
  const visit = (i: number, j: number) => {
    const state = i * width + j
    if (seen[state] === 0) open.push(state)
    seen[state] = 1
  }
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const [i, j] = [Math.floor(state / width), state % width]
    const [one, other] = [left[i], right[j]]
    if (one === REST || other === REST || (one === undefined && other === undefined)) return true
    if (one === RUN || other === RUN) {
      if (one === RUN || isCharacter(one)) visit(i + 1, j)
      if (other === RUN || isCharacter(other)) visit(i, j + 1)
    } else if (share(one, other)) visit(i + 1, j + 1)
  }
  return false
}

const share = (one: Token, other: Token) =>
  stands(one, other) || stands(other, one) || isDigit(one, other) || isDigit(other, one)

const isDigit = (one: Token, other: Token) => one === HEX && typeof other === 'string' && /^[0-9a-f]$/.test(other)
