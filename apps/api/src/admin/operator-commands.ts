import { type ApiKeyInput, apiKeyInput, emailAddress, MANAGEMENT_PREFIX, name as nameSchema } from '@vm-x/contract'
import { ConfigRejected, type EnvironmentContext, findEnvironment } from '@vm-x/storage'
import { sql } from 'kysely'
import { z } from 'zod'
import { connectionsIn } from '../ai-connection/connections-in.ts'
import { resourcesIn } from '../ai-resource/resources-in.ts'
import { newOneTimePassword } from '../auth/one-time-password.ts'
import { systemAuthor } from '../change/author.ts'
import type { Change } from '../change/changes.ts'
import { Problem } from '../http/problem.ts'
import type { ManagementParts } from '../management.module.ts'
import { rolesOf } from '../role/roles-of.ts'
import type { Services } from '../services.ts'

export type OperatorParts = ManagementParts & { readonly services: Services }

const newApiKey = z.strictObject({
  name: nameSchema,
  workspace: z.string().optional(),
  environment: z.string().optional(),
  /** Names. */
  resources: z.union([z.literal('all'), z.array(z.string())]).default('all'),
  connections: z.array(z.string()).default([]),
  labels: z.array(z.string()).default([]),
  expiresAt: z.iso.datetime().optional(),
})

const byEmail = z.strictObject({ email: emailAddress })
const newOwner = z.strictObject({ workspace: z.string(), email: emailAddress })

const AUTHOR = systemAuthor('vmx')

/** Throws {@link ConfigRejected} with all that is wrong with the names, else as the service does. */
export async function createApiKey({ changes, services }: OperatorParts, body: unknown) {
  const { workspace, environment, ...wanted } = newApiKey.parse(body)
  const { context, key } = await changes.run(AUTHOR, async (change) => {
    const context = await findEnvironment(change.trx, {
      ...(workspace === undefined ? {} : { workspace }),
      ...(environment === undefined ? {} : { environment }),
    })
    const input = await inputOf(change, context, wanted)
    return { context, key: await services.apiKeys.create(change, context, input, { origin: 'cli' }) }
  })
  return { ...context, id: key.id, name: key.name, publicId: key.publicId, value: key.value }
}

async function inputOf(
  change: Change,
  context: EnvironmentContext,
  { name, resources, connections, labels, expiresAt }: Omit<z.infer<typeof newApiKey>, 'workspace' | 'environment'>,
): Promise<ApiKeyInput> {
  const problems: string[] = []
  const idsOf = (kind: string, names: readonly string[], rows: readonly { id: string; name: string }[]) =>
    names.flatMap((wanted) => {
      const row = rows.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())
      if (!row) problems.push(`the environment has no ${kind} "${wanted}"`)
      return row ? [row.id] : []
    })
  const input = apiKeyInput.parse({
    name,
    labels,
    expiresAt: expiresAt ?? null,
    resources: resources === 'all' ? 'all' : idsOf('resource', resources, await resourcesIn(change.trx, context)),
    connections: idsOf('connection', connections, await connectionsIn(change.trx, context)),
  })
  if (problems.length > 0) throw new ConfigRejected(problems)
  return input
}

/** For who can't sign in any more. Also enables the user again. Answers a password for one sign-in. */
export async function resetPassword({ management, changes, services }: OperatorParts, body: unknown) {
  const { email } = byEmail.parse(body)
  const oneTimePassword = newOneTimePassword()
  const hash = await management.hasher.hash(oneTimePassword)
  await changes.run(AUTHOR, async (change) => {
    const id = await userOf(change, email)
    const { version } = await change.trx
      .selectFrom('user')
      .where('id', '=', id)
      .select('version')
      .executeTakeFirstOrThrow()
    const enabled = await services.users.update(change, id, version, { disabled: false })
    await services.users.resetPassword(change, id, enabled.version, hash)
  })
  return { email, oneTimePassword }
}

/** For workspaces whose owners are gone: nobody else can let anyone in. */
export async function addOwner({ changes, services }: OperatorParts, body: unknown) {
  const { workspace, email } = newOwner.parse(body)
  return changes.run(AUTHOR, async (change) => {
    const found = await change.trx
      .selectFrom('workspace')
      .where(sql`lower(name)`, '=', workspace.toLowerCase())
      .select('id')
      .executeTakeFirst()
    if (!found) throw new Problem('not_found', `There is no workspace "${workspace}"`)
    const owner = await services.members.makeOwner(change, { workspaceId: found.id }, await userOf(change, email))
    const roles = await rolesOf(change.trx, owner.userId)
    return roles.length > 0 ? owner : { ...owner, note: noteWithoutRole(owner.userId) }
  })
}

/** Whoever has no role is refused everything, whatever they own. */
const noteWithoutRole = (userId: string) =>
  `has no role yet: give one with PUT ${MANAGEMENT_PREFIX}/roles/<role>/members/${userId}`

async function userOf({ trx }: Change, email: string): Promise<string> {
  const user = await trx.selectFrom('user').where('email', '=', email).select('id').executeTakeFirst()
  if (!user) throw new Problem('not_found', `There is no user ${email}`)
  return user.id
}
