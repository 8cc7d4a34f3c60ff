import type { IncomingHttpHeaders } from 'node:http'

/** The provider's rate-limit and request-id headers, renamed; no others. */
export function shownHeaders(headers: IncomingHttpHeaders, secret: string | null): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const name in headers) {
    const shownAs = shownName(name)
    const value = shownAs === undefined ? undefined : headers[name]
    if (shownAs !== undefined && typeof value === 'string' && isShowable(value, secret)) shown[shownAs] = value
  }
  return shown
}

function shownName(name: string): string | undefined {
  if (name === 'content-type') return name
  if (name.startsWith('x-ratelimit-')) return `x-provider-${name.slice(2)}`
  return name === 'x-request-id' || name === 'request-id' ? 'x-provider-request-id' : undefined
}

/** Single-line ASCII without our credential in it. */
export const isShowable = (value: string, secret: string | null) =>
  /^[\x20-\x7e]*$/.test(value) && !(secret && value.includes(secret))
