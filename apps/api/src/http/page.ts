import type { PageQuery } from '@vm-x/contract'
import { validate as isUuid } from 'uuid'
import { invalidFields } from './problem.ts'

type PageOf<Row, Item> = {
  /** Up to `limit` rows whose id is above `after`, in the order of ids. */
  readonly read: (after: string, limit: number) => Promise<readonly Row[]>
  /** Whether whoever asks may see it; such rows make a page shorter, never the last one. */
  readonly visible?: (row: Row) => boolean
  readonly present: (row: Row) => Item
}

/** One page of what has ids, in the order in which it was made, since ids begin with the time. */
export async function page<Row extends { readonly id: string }, Item>(
  { limit, cursor }: PageQuery,
  { read, visible = () => true, present }: PageOf<Row, Item>,
): Promise<{ items: Item[]; next?: string }> {
  const rows = await read(cursor === undefined ? LOWEST_ID : idOfCursor(cursor), limit + 1)
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  const items = shown.filter(visible).map(present)
  return last ? { items, next: cursorOf(last.id) } : { items }
}

const LOWEST_ID = '00000000-0000-0000-0000-000000000000'

export const cursorOf = (id: string): string => Buffer.from(id).toString('base64url')

/** Throws `invalid_fields`. */
export function idOfCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString()
  if (isUuid(id)) return id
  throw invalidFields([{ path: 'cursor', message: 'is not the `next` of a page' }])
}
