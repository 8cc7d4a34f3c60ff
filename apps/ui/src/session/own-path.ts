// No address of anybody: paths are read against it.
const HERE = 'http://console.invalid'

/**
 * Where to go after signing in: only a path of the console's own, never another site. It is read as browsers read it, which
 * take tabs and line ends out and `\` for `/`.
 */
export function ownPath(next: string | null): string {
  if (!next?.startsWith('/') || !URL.canParse(next, HERE)) return '/'
  const { origin, pathname, search, hash } = new URL(next, HERE)
  return origin === HERE && !pathname.startsWith('//') ? `${pathname}${search}${hash}` : '/'
}
