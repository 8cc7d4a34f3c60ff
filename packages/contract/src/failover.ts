import { z } from 'zod'

const ms = z.int().min(1).max(86_400_000)

/** How long each stage of an answer may take, in milliseconds. What is absent has the product's default. */
export const timeouts = z.strictObject({
  /** Until the connection to the provider stands. */
  connectMs: ms.optional(),
  /** From the request to the answer's headers; all of the work, where an answer is not streamed. */
  firstByteMs: ms.optional(),
  /** From a stream's headers to its first event. */
  firstTokenMs: ms.optional(),
  /** Between two pieces of an answer. */
  idleMs: ms.optional(),
  /** All attempts together, waits included, to the end of the answer. */
  totalMs: ms.optional(),
})

/** How often one target is tried again, and the waits before: random up to `baseMs` doubled each time, at most `capMs`. */
export const retries = z.strictObject({
  max: z.int().min(0).max(10).optional(),
  baseMs: ms.optional(),
  capMs: ms.optional(),
})

/** Errors that another target may cure, by their code. */
export const fallbackCause = z.enum([
  'target_busy',
  'provider_rate_limited',
  'provider_unavailable',
  'provider_timeout',
  'provider_auth_failed',
  'provider_bad_answer',
  'unsupported_parameter',
  'context_length_exceeded',
])

export type Timeouts = z.infer<typeof timeouts>
export type Retries = z.infer<typeof retries>
export type FallbackCause = z.infer<typeof fallbackCause>

/** What stands for times that neither a resource nor its connection names. */
export const DEFAULT_TIMEOUTS: Readonly<Record<keyof Timeouts, number>> = {
  connectMs: 5_000,
  firstByteMs: 120_000,
  firstTokenMs: 60_000,
  idleMs: 60_000,
  totalMs: 600_000,
}

/** The same for retries. */
export const DEFAULT_RETRIES: Readonly<Record<keyof Retries, number>> = { max: 2, baseMs: 250, capMs: 4_000 }
