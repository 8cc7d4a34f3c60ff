/**
 * Whether a value is longer as JSON than `most` characters, not counting escapes. Looks at no more of it than that,
 * however deep it is.
 */
export function isLongerThan(most: number, value: unknown): boolean {
  let length = 0
  const left = [value]
  while (left.length > 0 && length <= most) {
    const next = left.pop()
    if (typeof next !== 'object' || next === null)
      length += typeof next === 'string' ? next.length + 2 : String(next).length
    else if (Array.isArray(next)) {
      length += next.length + 1
      if (length <= most) left.push(...next)
    } else {
      length += 1
      for (const [key, item] of Object.entries(next)) {
        length += key.length + 4
        left.push(item)
      }
    }
  }
  return length > most
}

/** Whether there are more than `most` objects and lists around anything in a JSON value. */
export function isDeeperThan(most: number, value: unknown): boolean {
  const left: [value: unknown, depth: number][] = [[value, 0]]
  for (let next = left.pop(); next; next = left.pop()) {
    const [inner, depth] = next
    if (typeof inner !== 'object' || inner === null) continue
    if (depth === most) return true
    for (const item of Array.isArray(inner) ? inner : Object.values(inner)) left.push([item, depth + 1])
  }
  return false
}
