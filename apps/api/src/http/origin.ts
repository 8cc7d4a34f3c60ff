import type { FastifyRequest } from 'fastify'
import { Problem } from './problem.ts'

/**
 * What changes something must come from a page of ours, or from a program that says so: browsers set `Origin` themselves,
 * so no other page can send one in the name of who is signed in. Throws `origin_not_allowed`.
 */
export function requireOrigin({ headers, method }: FastifyRequest, allowed: ReadonlySet<string>): void {
  if (method === 'GET' || method === 'HEAD') return
  const { origin, host } = headers
  if (origin !== undefined && (allowed.has(origin) || isOf(origin, host))) return
  throw new Problem(
    'origin_not_allowed',
    origin === undefined
      ? `Send the header Origin with the address of this server, e.g. Origin: http://${host ?? 'localhost'}`
      : 'Pages of another origin may not send this; operators allow further ones in ALLOWED_ORIGINS',
  )
}

/** By host alone: behind a proxy that ends TLS the server does not know its own scheme. */
function isOf(origin: string, host: string | undefined): boolean {
  const page = URL.parse(origin)
  return page !== null && /^https?:$/.test(page.protocol) && page.host === host
}
