import type { Route } from '@vm-x/contract'
import type { Answer } from './world.ts'

/** What a test has sent and seen over the management API: every answer, every secret in either, and every prompt. */
export class Trail {
  readonly answers: {
    readonly route: string
    readonly status: number
    readonly code?: string
    readonly text: string
  }[] = []
  /** Passwords, credentials of providers, API keys, cookies. */
  readonly secrets = new Set<string>()

  /** What was said to models, on whatever way. */
  readonly prompts = new Set<string>()

  sent(body: unknown): void {
    for (const [name, value] of leavesOf(asObject(body)))
      if (PROMPT_FIELDS.has(name) && value.length >= LEAST_OF_A_PROMPT) this.prompts.add(value)
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

/** Of messages; no field of the management API is named so. */
const PROMPT_FIELDS = new Set(['content', 'text'])
/** What is shorter, such as `Hello`, can be anywhere. */
const LEAST_OF_A_PROMPT = 12

/** A body that is a text is looked into where it is short: others are nested too deeply, or too large, on purpose. */
function asObject(body: unknown): unknown {
  if (typeof body !== 'string' || body.length > LONGEST_LOOKED_INTO) return body
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const LONGEST_LOOKED_INTO = 1_000

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
