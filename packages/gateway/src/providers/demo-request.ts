/** A request body as parsed; nothing in it can be trusted to have its type. */
export type Fields = Readonly<Record<string, unknown>>

/** The client's fault: answered as 400. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest'
  readonly param: string | null

  constructor(message: string, param: string | null = null) {
    super(message)
    this.param = param
  }
}

/** Throws {@link BadRequest} when the bytes are not a JSON object. */
export function parseFields(bytes: Buffer): Fields {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString())
  } catch {
    throw new BadRequest('The request body is not valid JSON')
  }
  if (!isRecord(value)) throw new BadRequest('The request body must be a JSON object')
  return value
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
