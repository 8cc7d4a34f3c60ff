import { randomBytes, scryptSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { authRoutes, MANAGEMENT_PREFIX, type Route, roleRoutes, userRoutes } from '@vm-x/contract'
import { copyMigratedPGlite, createPostgresDatabase } from '@vm-x/storage/testing'
import { createPasswordHasher } from '../auth/password-hasher.ts'
import { readConfig } from '../config.ts'
import { type Product, startProduct } from '../product.ts'
import { leaksIn } from './leaks.ts'
import { recordingLog } from './recording-log.ts'
import { Trail } from './trail.ts'
import { undocumentedIn } from './undocumented.ts'

export type Person = { readonly id: string; readonly email: string; readonly cookie: string }

export type CallOptions = {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: unknown
  /** For `If-Match`. */
  readonly version?: number
  readonly headers?: Readonly<Record<string, string>>
}

// biome-ignore lint/suspicious/noExplicitAny: what a test reads from an answer, it states by reading it
export type Answer<Body = any> = {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
  readonly text: string
}

/** The whole product, in this process, on a database of its own; driven over HTTP as everyone drives it. */
export type World = {
  readonly product: Product
  readonly url: string
  /** The administrator of the first start. */
  readonly admin: Person
  /** Everything that was logged, as JSON lines. */
  readonly logged: string[]
  /** Everything that was sent and answered over the management API. */
  readonly trail: Trail
  /** Calls a route as a person, or as nobody. */
  call(person: Person | undefined, route: Route, options?: CallOptions): Promise<Answer>
  /** The same, and the answer's body; throws when it was refused. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  done(person: Person, route: Route, options?: CallOptions): Promise<any>
  /** A new user who has signed in, with these roles by name. */
  person(...roles: string[]): Promise<Person>
  /** Throws when anything of all that was answered, logged and stored told a secret, or is not in the OpenAPI document. */
  close(): Promise<void>
}

export const worldKinds = ['pglite', 'postgres'] as const

export type WorldOptions = { readonly env?: Readonly<Record<string, string>> }

export async function startWorld(kind: (typeof worldKinds)[number], { env = {} }: WorldOptions = {}): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'vmx-'))
  const logged: string[] = []
  const server = kind === 'postgres' ? await createPostgresDatabase({ migrated: true }) : undefined
  if (!server) copyMigratedPGlite(join(directory, 'db'))
  const config = readConfig({
    DATA_DIR: directory,
    DATABASE_URL: server?.url,
    PORT: '0',
    SHUTDOWN_GRACE_MS: '0',
    ...env,
  })
  const product = await startProduct({
    config,
    env: {},
    log: recordingLog(logged),
    progress: () => {},
    hasher: cheapHasher,
  })
  const trail = new Trail()
  if (product.prepared.newApiKey) trail.secrets.add(product.prepared.newApiKey)
  const call = caller(product.url, trail)
  const done: World['done'] = async (person, route, options) => {
    const { status, text, body } = await call(person, route, options)
    if (status !== route.status) throw new Error(`${route.id} was answered ${status}: ${text}`)
    return body
  }
  const administrator = product.prepared.administrator
  if (!administrator) throw new Error('The first start made no administrator')
  const people = peopleOf(call, done)
  const admin = await people.settle(administrator.email, administrator.password)
  const world: World = {
    product,
    url: product.url,
    admin,
    logged,
    trail,
    call,
    done,
    person: (...roles) => people.create(admin, roles),
    close: async () => {
      const wrong = [...(await leaksIn(world)), ...(await undocumentedIn(world))]
      await product.close()
      await server?.drop()
      rmSync(directory, { recursive: true, force: true })
      if (wrong.length > 0) throw new Error(wrong.join('\n'))
    },
  }
  return world
}

/** Costs nothing: what hashing should cost, its own tests say. */
const cheapHasher = createPasswordHasher({
  derive: async (password, salt, bytes) => scryptSync(password, salt, bytes, { N: 2 }),
})

function caller(url: string, trail: Trail): World['call'] {
  return async (person, route, { params = {}, query = {}, body, version, headers = {} } = {}) => {
    const path = route.path.replace(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? `missing-${name}`)
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    )
    trail.sent(body)
    const response = await fetch(`${url}${MANAGEMENT_PREFIX}${path}${search.size > 0 ? `?${search}` : ''}`, {
      method: route.method,
      headers: {
        origin: url,
        ...(person ? { cookie: person.cookie } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await textOf(response, route)
    const json = /^application.(problem.)?json/.test(response.headers.get('content-type') ?? '') && text !== ''
    const { status, headers: answered } = response
    const answer = { status, headers: answered, text, body: json ? JSON.parse(text) : undefined }
    trail.answered(route, answer)
    return answer
  }
}

/** Of a stream that only ends when nobody listens any more it is what says that it has begun. */
async function textOf(response: Response, { media = [] }: Route): Promise<string> {
  const endless = response.ok && media.length > 0 && media.every((type) => type === 'text/event-stream')
  if (!endless) return response.text()
  await response.body?.cancel()
  return ''
}

function peopleOf(call: World['call'], done: World['done']) {
  const signIn = async (email: string, password: string) => {
    const answer = await call(undefined, authRoutes.signIn, { body: { email, password } })
    if (answer.status !== 200) throw new Error(`${email} could not sign in: ${answer.text}`)
    return { id: answer.body.user.id, email, cookie: cookieOf(answer.headers) }
  }
  /** Signs in with a one-time password and changes it. */
  const settle = async (email: string, oneTime: string): Promise<Person> => {
    const person = await signIn(email, oneTime)
    const body = { currentPassword: oneTime, newPassword: PASSWORD }
    const answer = await call(person, authRoutes.changePassword, { body })
    if (answer.status !== 204) throw new Error(`${email} could not change the password: ${answer.text}`)
    // The session before has ended with the password before.
    return { ...person, cookie: cookieOf(answer.headers) }
  }
  const create = async (admin: Person, roles: readonly string[]): Promise<Person> => {
    const email = `${randomBytes(6).toString('hex')}@example.com`
    const created = await done(admin, userRoutes.createUser, { body: { email, name: 'A person' } })
    const known = (await done(admin, roleRoutes.listRoles, { query: { limit: 200 } })).items
    for (const name of roles) {
      const role = known.find((role: { name: string }) => role.name === name)
      await done(admin, roleRoutes.addRoleMember, { params: { roleId: role.id, userId: created.id } })
    }
    return settle(email, created.oneTimePassword)
  }
  return { settle, create }
}

const cookieOf = (headers: Headers) =>
  headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')

/** Of everyone in a world who has signed in. */
export const PASSWORD = 'correct-horse-battery-staple'
