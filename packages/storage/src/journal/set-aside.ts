import { hash } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Records that a sink refused, with the reasons: a file of JSON lines that only ever grows, for people to look at. */
export class SetAside {
  readonly #path: string
  /** What is there already: a record is shown to its sink again after a crash, and refused again. */
  readonly #known = new Set<string>()

  /** @param dir of the journal; may be shared by several processes */
  constructor(dir: string) {
    this.#path = join(dir, 'set-aside.jsonl')
    for (const { sink, record } of readRows(this.#path)) this.#known.add(keyOf(sink, record))
  }

  get count(): number {
    return this.#known.size
  }

  /** Throws when it can't be written. */
  add(row: SetAsideRow): void {
    const key = keyOf(row.sink, row.record)
    if (this.#known.has(key)) return
    // A line that a crash has cut off ends here.
    appendFileSync(this.#path, `\n${JSON.stringify(row)}\n`, { mode: 0o600 })
    this.#known.add(key)
  }
}

export type SetAsideRow = {
  readonly sink: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly reason: string
  readonly record: string
}

const keyOf = (sink: string, record: string) => `${sink} ${hash('sha256', record, 'base64url')}`

function readRows(path: string): SetAsideRow[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line)]
    } catch {
      return []
    }
  })
}
