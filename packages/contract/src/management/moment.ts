import { z } from 'zod'

/** A moment as ISO 8601 writes it, with its zone. */
export const moment = z.iso
  .datetime({ offset: true, abort: true })
  .refine((text) => Date.parse(text) >= 0, 'must not be before 1970')
  .describe('ISO 8601 with `Z` or an offset')

type Span = { readonly from?: string | undefined; readonly to?: string | undefined }

/** Whether the span has a beginning before its end, where it has both. */
export const isSpan = ({ from, to }: Span): boolean =>
  from === undefined || to === undefined || Date.parse(from) < Date.parse(to)
