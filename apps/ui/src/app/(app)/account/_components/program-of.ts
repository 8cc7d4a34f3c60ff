/** What a `User-Agent` says as people say it, e.g. `Firefox on Linux`; programs by their own name. */
export function programOf(userAgent: string | null): string {
  if (!userAgent) return 'Something that does not say what it is'
  const browser = BROWSERS.find(([mark]) => userAgent.includes(mark))?.[1]
  if (!browser) return /^[^\s/;(]{1,40}/.exec(userAgent)?.[0] ?? 'Something unknown'
  const system = SYSTEMS.find(([mark]) => userAgent.includes(mark))?.[1]
  return system ? `${browser} on ${system}` : browser
}

// In this order: most browsers name others as well.
const BROWSERS = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const

const SYSTEMS = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const
