/**
 * What a journal's file says, line by line. No JSON text holds a line feed, and no id a tab, so that a line is read
 * without looking into it; what has no line feed at its end was cut by the death of its process and never promised.
 *
 * - `@<ms>`: the lines below were written then, milliseconds since the epoch
 * - `n<id>⇥<json>`: a note, which replaces an earlier one of this id
 * - `r<id>⇥<json>`: a record, which ends the note of this id
 * - `l<file>⇥<count>`: that many of the records of a file, from its first on, have left
 */
export class LineWriter {
  #bytes: Buffer
  #length = 0

  /** @param capacity bytes to begin with; grows as needed */
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity)
  }

  get length(): number {
    return this.#length
  }

  /** Valid until the next line. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = 0
    // One group of giants must not hold its memory for ever.
    if (this.#bytes.length > LARGEST_KEPT) this.#bytes = Buffer.allocUnsafe(LARGEST_KEPT)
  }

  time(ms: number): void {
    this.#line(`@${ms}`)
  }

  note(id: string, json: string): void {
    this.#pair('n', id, json)
  }

  /** How many bytes the JSON text has; the line feed after it is the last byte so far. */
  record(id: string, json: string): number {
    return this.#pair('r', id, json)
  }

  left(file: string, count: number): void {
    this.#line(`l${file}\t${count}`)
  }

  #line(text: string): void {
    this.#reserve(text.length)
    this.#length += this.#bytes.write(text, this.#length)
    this.#bytes[this.#length++] = LINE_FEED
  }

  #pair(kind: string, id: string, json: string): number {
    this.#reserve(id.length + json.length + 2)
    this.#length += this.#bytes.write(`${kind}${id}\t`, this.#length)
    const written = this.#bytes.write(json, this.#length)
    this.#length += written
    this.#bytes[this.#length++] = LINE_FEED
    return written
  }

  /** @param characters each at most three bytes */
  #reserve(characters: number): void {
    const needed = this.#length + 3 * characters + 1
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}

const LARGEST_KEPT = 4 * 1024 * 1024
const LINE_FEED = 0x0a
const TAB = 0x09

/** Whether these may stand in a line. */
export const fitsLine = (id: string, json: string): boolean => !/[\t\n]/.test(id) && !json.includes('\n')

export type LineReader = {
  time(ms: number): void
  note(id: string, json: string): void
  /** @param start where the JSON text is in the file */
  record(id: string, start: number, bytes: number): void
  left(file: string, count: number): void
}

/** Reads the whole lines from `from` on. Throws when one of them is none of the above. */
export function readLines(file: Buffer, from: number, reader: LineReader): void {
  for (let start = from; ; ) {
    const end = file.indexOf(LINE_FEED, start)
    if (end < 0) return
    const kind = String.fromCharCode(file[start] ?? 0)
    const tab = kind === '@' ? end : file.indexOf(TAB, start)
    if (tab < 0 || tab > end || !'@nrl'.includes(kind)) throw new Error(`byte ${start} begins no line of a journal`)
    const first = file.toString('utf8', start + 1, tab)
    if (kind === '@') reader.time(Number(first))
    else if (kind === 'n') reader.note(first, file.toString('utf8', tab + 1, end))
    else if (kind === 'r') reader.record(first, tab + 1, end - tab - 1)
    else reader.left(first, Number(file.toString('latin1', tab + 1, end)))
    start = end + 1
  }
}
