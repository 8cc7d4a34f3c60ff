import { authRoutes, MANAGEMENT_PREFIX, type Route } from '@vm-x/contract'

export type ManagementCall = {
  readonly params?: Readonly<Record<string, string>>
  readonly body?: object
  /** For `If-Match`. */
  readonly version?: number
}

// biome-ignore lint/suspicious/noExplicitAny: what a test reads from an answer, it states by reading it
type Body = any

/** Who has signed in: on any replica, since sessions are in the database. */
export type Administrator = {
  /** Calls a route of the management API at `url`. Throws when it is refused. */
  call(url: string, route: Route, call?: ManagementCall): Promise<Body>
}

/** Signs in with a one-time password and changes it, as everyone must who has one. */
export async function settle(
  url: string,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<Administrator> {
  const signedIn = await send(url, authRoutes.signIn, { body: { email, password } })
  const body = { currentPassword: password, newPassword: NEW_PASSWORD }
  // The session before has ended with the password before.
  const changed = await send(url, authRoutes.changePassword, { body }, cookieOf(signedIn.headers))
  const cookie = cookieOf(changed.headers)
  return { call: async (at, route, call) => (await send(at, route, call, cookie)).body }
}

/** Of everyone who has {@link settle}d. */
export const NEW_PASSWORD = 'a-password-that-nobody-else-has'

/** A call of the management API; throws when it is refused, with the status and the problem. */
export async function send(
  url: string,
  { id, method, path, status }: Route,
  { params = {}, body, version }: ManagementCall = {},
  cookie?: string,
): Promise<{ headers: Headers; body: Body }> {
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? '')
  const headers = new Headers({ origin: url })
  if (body) headers.set('content-type', 'application/json')
  if (cookie !== undefined) headers.set('cookie', cookie)
  if (version !== undefined) headers.set('if-match', `"${version}"`)
  const answer = await fetch(`${url}${MANAGEMENT_PREFIX}${filled}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (answer.status !== status) throw new Error(`${id} was answered ${answer.status}: ${text}`)
  return { headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) }
}

const cookieOf = (headers: Headers) =>
  headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
