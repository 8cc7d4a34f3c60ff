import type { FastifyRequest } from 'fastify'
import { v7 as uuidv7 } from 'uuid'

const ids = new WeakMap<FastifyRequest, string>()

/** What a request to the management API is found by: in answers, logs and the audit. Made when first asked for. */
export function requestIdOf(request: FastifyRequest): string {
  const known = ids.get(request)
  if (known !== undefined) return known
  const id = uuidv7()
  ids.set(request, id)
  return id
}
