export type DiffLine = { readonly kind: 'same' | 'removed' | 'added'; readonly text: string }

/** The shortest way from one text to another, line by line; what goes away stands before what comes. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const from = before.split('\n')
  const to = after.split('\n')
  const common = commonLengths(from, to)
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < from.length || j < to.length) {
    const [removed, added] = [from[i], to[j]]
    if (removed !== undefined && removed === added) {
      lines.push({ kind: 'same', text: removed })
      i += 1
      j += 1
    } else if (removed !== undefined && (added === undefined || at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push({ kind: 'removed', text: removed })
      i += 1
    } else {
      lines.push({ kind: 'added', text: added ?? '' })
      j += 1
    }
  }
  return lines
}

/** For each pair of places the most lines that what follows has in common. */
function commonLengths(from: readonly string[], to: readonly string[]): Uint16Array[] {
  const rows = Array.from({ length: from.length + 1 }, () => new Uint16Array(to.length + 1))
  for (let i = from.length - 1; i >= 0; i -= 1)
    for (let j = to.length - 1; j >= 0; j -= 1) {
      const row = rows[i]
      if (row)
        row[j] = from[i] === to[j] ? at(rows, i + 1, j + 1) + 1 : Math.max(at(rows, i + 1, j), at(rows, i, j + 1))
    }
  return rows
}

const at = (rows: readonly Uint16Array[], i: number, j: number) => rows[i]?.[j] ?? 0
