/** Where in an expression a fault is. */
export type FaultPlace = {
  /** From 1, as people count. */
  readonly line: number
  readonly column: number
  /** The line that it is in. */
  readonly text: string
  readonly length: number
}

/**
 * Where what a message complains about is in the expression: by the line and column that it names, else by the field or
 * the function that it begins with. Undefined where it says neither.
 */
export function faultPlace(expression: string, message: string): FaultPlace | undefined {
  const [, line, column] = /\bat line (\d+), column (\d+)$/.exec(message) ?? []
  if (line !== undefined && column !== undefined) return placeOf(expression, Number(line), Number(column), 1)
  if (/\bEOF\b/.test(message)) return placeAt(expression, expression.trimEnd().length, 1)
  const named = /^(?:calls )?([A-Za-z_][\w.]*)/.exec(message)?.[1]
  if (named === undefined) return undefined
  const index = new RegExp(`(?<![\\w.])${named.replaceAll('.', '\\s*\\.\\s*')}(?!\\w)`).exec(expression)?.index
  const bare = index ?? (message.startsWith('calls ') ? indexOfMethod(expression, named) : undefined)
  return bare === undefined ? undefined : placeAt(expression, bare, named.length)
}

const indexOfMethod = (expression: string, name: string) => {
  const index = expression.indexOf(`.${name}`)
  return index < 0 ? undefined : index + 1
}

function placeAt(expression: string, index: number, length: number): FaultPlace | undefined {
  const before = expression.slice(0, index).split('\n')
  return placeOf(expression, before.length, (before.at(-1)?.length ?? 0) + 1, length)
}

function placeOf(expression: string, line: number, column: number, length: number): FaultPlace | undefined {
  const text = expression.split('\n')[line - 1]
  return text === undefined ? undefined : { line, column, text, length }
}
