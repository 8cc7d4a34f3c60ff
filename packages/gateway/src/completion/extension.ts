import { z } from 'zod'
import { GatewayError } from '../errors.ts'

/** What a request says to the gateway itself; it never reaches a provider. */
export type Extension = {
  correlationId?: string
  metadata?: Record<string, string>
  /** Replaces the resource's own model by one of its secondary models: its place in the list, or its name. */
  secondaryModel?: number | string
  /** Lowers the resource's total time limit, in milliseconds. */
  timeoutMs?: number
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

const MOST_METADATA = 16
const correlationId = z.string().regex(/^[\x20-\x7e]{1,128}$/, 'must be 1 to 128 printable ASCII characters')
const metadata = z
  .record(z.string().min(1).max(64), z.string().max(256))
  .refine((entries) => Object.keys(entries).length <= MOST_METADATA, `must have at most ${MOST_METADATA} keys`)
const extension = z.strictObject({
  correlationId: correlationId.optional(),
  metadata: metadata.optional(),
  secondaryModel: z.union([z.int().min(0), z.string().min(1).max(64)], 'must be an index or a name').optional(),
  timeoutMs: z.int().min(1).max(86_400_000).optional(),
})

/** Reads `vmx` of the body and the `x-vmx-*` headers; the body wins. Throws `invalid_request` naming the field or header at fault. */
export function readExtension(vmx: unknown, headers: Headers): Extension {
  const fromHeaders = readHeaders(headers)
  if (vmx === undefined) return fromHeaders ?? NONE
  const body = check(extension, vmx, 'vmx')
  return { ...fromHeaders, ...definedOnly(body) }
}

const NONE: Extension = {}

function definedOnly(body: z.infer<typeof extension>): Extension {
  const result: Extension = {}
  if (body.correlationId !== undefined) result.correlationId = body.correlationId
  if (body.metadata !== undefined) result.metadata = body.metadata
  if (body.secondaryModel !== undefined) result.secondaryModel = body.secondaryModel
  if (body.timeoutMs !== undefined) result.timeoutMs = body.timeoutMs
  return result
}

function readHeaders(headers: Headers): Extension | undefined {
  const id = headers['x-vmx-correlation-id']
  const meta = headers['x-vmx-metadata']
  if (id === undefined && meta === undefined) return undefined
  const result: Extension = {}
  if (id !== undefined) result.correlationId = check(correlationId, id, 'x-vmx-correlation-id')
  if (meta !== undefined) result.metadata = check(metadata, parseJson(meta), 'x-vmx-metadata')
  return result
}

function parseJson(text: string | string[]): unknown {
  try {
    return JSON.parse(String(text))
  } catch (cause) {
    throw new GatewayError('invalid_request', 'x-vmx-metadata must be a JSON object', {
      param: 'x-vmx-metadata',
      cause,
    })
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown, field: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = [field, ...(issue?.path ?? [])].join('.')
  throw new GatewayError('invalid_request', `${path}: ${issue?.message ?? 'is not valid'}`, { param: path })
}
