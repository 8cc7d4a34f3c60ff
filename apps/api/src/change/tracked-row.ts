import { sql } from 'kysely'
import { type Author, signatureOf } from './author.ts'

type TrackedRow = {
  readonly created_at: Date
  readonly updated_at: Date
  readonly created_by: string
  readonly updated_by: string
  readonly version: number
}

/** What the API says of every row: by whom, when, and at which version it is. */
export const trackedOf = (row: TrackedRow) => ({
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  createdBy: row.created_by,
  updatedBy: row.updated_by,
  version: row.version,
})

/** Columns of a row that changes: the next version, by whom and when. */
export const touchedBy = (author: Author) => ({
  updated_by: signatureOf(author),
  updated_at: sql<Date>`now()`,
  version: sql<number>`version + 1`,
})
