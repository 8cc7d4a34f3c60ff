/**
 * JSON texts, in UTF-8, as input for `COPY <table with one jsonb column> FROM … WITH (FORMAT binary)`. Lengths instead of
 * escapes: no text can break out of its row.
 * Format: https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4
 */
export function copyBinary(jsonTexts: readonly Buffer[]): Uint8Array<ArrayBuffer> {
  let size = HEADER.length + TRAILER_BYTES
  for (const text of jsonTexts) size += ROW_BYTES + text.length
  const out = Buffer.from(new ArrayBuffer(size))
  HEADER.copy(out)
  let at = HEADER.length
  for (const text of jsonTexts) {
    out.writeInt16BE(1, at)
    out.writeInt32BE(1 + text.length, at + 2)
    out[at + 6] = JSONB_VERSION
    out.set(text, at + ROW_BYTES)
    at += ROW_BYTES + text.length
  }
  out.writeInt16BE(-1, at)
  return out
}

/** Signature, no flags, no extension. */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
/** Count of columns, length of the one column, version of jsonb's wire form. */
const ROW_BYTES = 2 + 4 + 1
const TRAILER_BYTES = 2
const JSONB_VERSION = 1
