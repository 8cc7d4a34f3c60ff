import { z } from 'zod'

/** What a program that uses an SDK sees, and what the SDK did for it. Times are milliseconds of one clock. */
export const observation = z.object({
  /** Each HTTP request that the SDK made, and the answer; status 0: there was none. */
  calls: z.array(
    z.object({
      startedMs: z.number(),
      answeredMs: z.number(),
      status: z.number(),
      headers: z.record(z.string(), z.string()),
    }),
  ),
  text: z.string(),
  finish: z.string().nullable(),
  totalTokens: z.number().nullable(),
  error: z
    .object({
      kind: z.string(),
      status: z.number().nullable(),
      code: z.string().nullable(),
      type: z.string().nullable(),
      param: z.string().nullable(),
      message: z.string(),
    })
    .nullable(),
  /** The bytes of the last answer, where they were kept. */
  raw: z.string().nullable(),
})

export type Observation = z.infer<typeof observation>

/** What a driver needs to know to ask for one row. */
export type Question = {
  readonly baseURL: string
  readonly mark: string
  readonly apiKey: string
  readonly model: string
  readonly stream: boolean
  readonly path: string | null
  readonly body: object
  readonly headers: Readonly<Record<string, string>>
  readonly before: number
  readonly occupant: string | null
  readonly maxRetries: number | null
}
