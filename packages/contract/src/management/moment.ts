import { z } from 'zod'

/** A moment as ISO 8601 writes it, with its zone. */
export const moment = z.iso
  .datetime({ offset: true, abort: true })
  .refine((text) => Date.parse(text) >= 0 && Date.parse(text) < LATEST_MS, 'must be from 1970 to 9999, in UTC')
  .describe('ISO 8601 with `Z` or an offset')

/** What comes after it has years of five digits in UTC, which ISO 8601 writes otherwise. */
const LATEST_MS = Date.UTC(9999, 11, 31)

type Span = { readonly from?: string | undefined; readonly to?: string | undefined }

/** Whether the span has a beginning before its end, where it has both. */
export const isSpan = ({ from, to }: Span): boolean =>
  from === undefined || to === undefined || Date.parse(from) < Date.parse(to)
