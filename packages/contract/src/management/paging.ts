import { z } from 'zod'

/** Of every list. The `next` of one page is the `cursor` of the following one. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().min(1).max(500).optional(),
})

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    /** The cursor of the next page; absent on the last one. */
    next: z.string().optional(),
  })

export type PageQuery = z.infer<typeof pageQuery>
