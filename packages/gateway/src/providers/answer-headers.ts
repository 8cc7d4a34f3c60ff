import type { IncomingHttpHeaders } from 'node:http'

/** The provider's rate-limit and request-id headers, renamed; no others. */
export function shownHeaders(headers: IncomingHttpHeaders, secret: string | null): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (typeof value !== 'string' || !isShowable(value, secret)) continue
    if (name.startsWith('x-ratelimit-')) shown[`x-provider-${name.slice(2)}`] = value
    else if (name === 'x-request-id' || name === 'request-id') shown['x-provider-request-id'] = value
    else if (name === 'content-type') shown['content-type'] = value
  }
  return shown
}

/** Single-line ASCII without our credential in it. */
export const isShowable = (value: string, secret: string | null) =>
  /^[\x20-\x7e]*$/.test(value) && !(secret && value.includes(secret))
