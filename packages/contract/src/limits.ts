import { z } from 'zod'

const amount = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

/** How much may be used per period. Zero means none; what is absent is unlimited. */
export const limit = z
  .strictObject({
    /** `minute` slides; `hour` and longer are calendar windows in the workspace's time zone; `lifetime` never ends. */
    period: z.enum(['minute', 'hour', 'day', 'week', 'month', 'lifetime']),
    requests: amount.optional(),
    /** Input and output together. */
    tokens: amount.optional(),
    /** One count for each value instead of one for all: the client's address, or the request's `user`. */
    dimension: z.enum(['source-ip', 'user']).optional(),
    /** What a request borrows before its use is known: what it is expected to use, or the most it can. */
    reserve: z.enum(['expected', 'ceiling']).default('expected'),
    enabled: z.boolean().default(true),
  })
  .refine(({ requests, tokens }) => requests !== undefined || tokens !== undefined, 'needs requests, tokens or both')
  .refine(({ reserve, tokens }) => reserve === 'expected' || tokens !== undefined, {
    path: ['reserve'],
    message: 'is about tokens, which this limit does not count',
  })

/** At most one limit for each period and dimension, so that no two of them share a counter. */
export const capacity = z
  .array(limit)
  .max(16)
  .superRefine((limits, context) => {
    const seen = new Set<string>()
    for (const [index, { period, dimension }] of limits.entries()) {
      const key = `${period} ${dimension ?? ''}`
      if (seen.has(key))
        context.addIssue({ code: 'custom', path: [index], message: 'is a second limit of this period and dimension' })
      seen.add(key)
    }
  })

/** Fields of everything that limits can sit on. */
export const limits = {
  capacity: capacity.default([]),
  /** Requests under way at the same time. */
  maxConcurrent: amount.optional(),
}

/** The same where what is absent stays as it is: `null` lifts a limit. */
export const limitFields = {
  capacity,
  /** Requests under way at the same time; null: unlimited. */
  maxConcurrent: amount.nullable(),
}

/** What becomes of limits that a provider tells with its answers: known only, or kept as if they were configured. */
export const discoveredCapacity = z.enum(['ignore', 'enforce'])

export type Limit = z.infer<typeof limit>
export type Limits = { capacity: Limit[]; maxConcurrent?: number | undefined }
