import { z } from 'zod'
import { name } from './name.ts'

const percent = z.number().min(0).max(100)

const poolOf = <Id extends z.ZodType>(id: Id) =>
  z
    .strictObject({
      id,
      name,
      /** Percent of each minute limit that is the pool's own. */
      minReservation: percent,
      /** Percent of each minute limit that the pool may use at most. */
      maxReservation: percent,
      /** Ids of resources. */
      resources: z.array(z.uuid().toLowerCase()).max(1000),
      /** `strict`: the own share stays empty while it is not used; `adaptive`: others may use it meanwhile. */
      reservation: z.enum(['strict', 'adaptive']).default('adaptive'),
    })
    .refine(({ minReservation, maxReservation }) => minReservation <= maxReservation, {
      path: ['minReservation'],
      message: 'must not be above maxReservation',
    })

/**
 * A priority group of resources. Its place in the list is its rank: the first goes first. Its id stays the same when it
 * is renamed or moved.
 */
export const pool = poolOf(z.uuid())

/** Without an `id` it is a new one. */
export const poolInput = poolOf(z.uuid().toLowerCase().optional())

export type Pool = z.infer<typeof pool>
