import { authRoutes, userRoutes } from '@vm-x/contract'
import { type Answer, type CallOptions, PASSWORD, type Person, type World } from '../testing/world.ts'

export const SITE = 'https://elsewhere.example'
export const WRONG = 'not-the-password-of-anyone'

export const outcome = ({ status, body }: Answer) => [status, body?.code]

/** What an answer says to everyone who gets it: all but when it was, and the name of the request. */
export const said = ({ status, headers, text, body }: Answer) => ({
  status,
  headers: [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
  text: text.replaceAll(body.requestId, 'the request'),
})

/** `name=value` of the one cookie that an answer sets. */
export function cookieOf({ headers, text }: Answer): string {
  const [cookie, ...more] = headers.getSetCookie()
  if (cookie === undefined || more.length > 0) throw new Error(`Not one cookie: ${text}`)
  return cookie.split(';')[0] ?? ''
}

/** What people do with their account, each answer as it came. */
export const accountOf = (world: World) => ({
  signIn: (email: string, password = PASSWORD, options: CallOptions = {}) =>
    world.call(undefined, authRoutes.signIn, { ...options, body: { email, password } }),
  /** The person with another session. */
  async again(person: Person): Promise<Person> {
    const answer = await world.call(undefined, authRoutes.signIn, { body: { email: person.email, password: PASSWORD } })
    return { ...person, cookie: cookieOf(answer) }
  },
  isSignedIn: async (person: Person) => (await world.call(person, authRoutes.getCurrentSession)).status === 200,
  changePassword: (person: Person, currentPassword: string, newPassword: string) =>
    world.call(person, authRoutes.changePassword, { body: { currentPassword, newPassword } }),
  /** Somebody who has signed in with a one-time password. */
  async newcomer(): Promise<Person & { readonly oneTime: string }> {
    const body = { email: `newcomer-${crypto.randomUUID()}@example.com`, name: 'A newcomer' }
    const { id, email, oneTimePassword: oneTime } = await world.done(world.admin, userRoutes.createUser, { body })
    const answer = await world.call(undefined, authRoutes.signIn, { body: { email, password: oneTime } })
    return { id, email, oneTime, cookie: cookieOf(answer) }
  },
  disable: async ({ id: userId }: Person) => {
    const { version } = await world.done(world.admin, userRoutes.getUser, { params: { userId } })
    await world.done(world.admin, userRoutes.updateUser, { params: { userId }, version, body: { disabled: true } })
  },
  eventsOf: (column: 'actor_id' | 'object_id' | 'source_address', value: string) =>
    world.product.storage.database.db
      .selectFrom('management_event')
      .where(column, '=', value)
      .selectAll()
      .orderBy('id')
      .execute(),
})
