import type { Route } from '@vm-x/contract'
import type { Answer } from './world.ts'

/** What a test has sent and seen over the management API: every answer, and every secret in either. */
export class Trail {
  readonly answers: {
    readonly route: string
    readonly status: number
    readonly code?: string
    readonly text: string
  }[] = []
  /** Passwords, credentials of providers, API keys, cookies. */
  readonly secrets = new Set<string>()

  sent(body: unknown): void {
    for (const [name, value] of leavesOf(body)) if (SECRET_FIELDS.has(name)) this.secrets.add(value)
  }

  /** A secret that the route is there to tell is left out of what is kept of its answer. */
  answered(route: Route, { status, headers, text, body }: Answer): void {
    const cookies = headers.getSetCookie().map(cookieValue)
    const told = leavesOf(body).flatMap(([name, value]) => (TELLS[route.id] === name ? [value] : []))
    for (const secret of [...cookies, ...told]) if (secret !== '') this.secrets.add(secret)
    const kept = [...headers].filter(([name]) => name !== 'set-cookie')
    this.answers.push({
      route: route.id,
      status,
      code: body?.code,
      text: `${JSON.stringify(kept)}\n${without(text, told)}`,
    })
  }
}

const SECRET_FIELDS = new Set(['password', 'currentPassword', 'newPassword', 'apiKey'])

/** The one field of an answer in which a route tells a secret, this once. */
const TELLS: Readonly<Record<string, string>> = {
  createUser: 'oneTimePassword',
  resetPassword: 'oneTimePassword',
  createApiKey: 'value',
  rotateApiKey: 'value',
}

const cookieValue = (line: string) => /^[^=]+=([^;]*)/.exec(line)?.[1] ?? ''

const without = (text: string, told: readonly string[]) =>
  told.reduce((rest, secret) => rest.replace(JSON.stringify(secret), '"told"'), text)

/** Every text in a value, with the name of its field. A mask is no secret. */
function leavesOf(value: unknown, name = ''): [string, string][] {
  if (typeof value === 'string') return /^•*$/.test(value) ? [] : [[name, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, Array.isArray(value) ? name : key))
}
