import { z } from 'zod'

/** On everything that can be changed: who made and changed it, and the version that `If-Match` names. */
export const tracked = {
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** The id of a user, or which part of the product it was. */
  createdBy: z.string(),
  updatedBy: z.string(),
  version: z.int().min(1),
}
