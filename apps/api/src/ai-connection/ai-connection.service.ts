import { isDeepStrictEqual } from 'node:util'
import { Inject, Injectable } from '@nestjs/common'
import {
  type AiConnection,
  type AiConnectionInput,
  type AiConnectionPatch,
  MOST_AI_CONNECTIONS,
  type PageQuery,
  type Policy,
} from '@vm-x/contract'
import { VaultError } from '@vm-x/gateway'
import { type Database, type EnvironmentContext, inEnvironment, type Origin } from '@vm-x/storage'
import type { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { removeResource } from '../ai-resource/remove-resource.ts'
import { resourcesUsing } from '../ai-resource/resources-using.ts'
import { forgetConnection, keysNaming } from '../api-key/keys-naming.ts'
import type { Change } from '../change/changes.ts'
import { patched } from '../change/patched.ts'
import { touchedBy } from '../change/tracked-row.ts'
import { lockEnvironment } from '../environment/environment.service.ts'
import { requireFreeName } from '../environment/free-name.ts'
import { requireVersion } from '../http/etag.ts'
import { inUse, requireDeletable, type Use } from '../http/in-use.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { page } from '../http/page.ts'
import { type FieldError, invalidFields, notFound, type UsedBy } from '../http/problem.ts'
import { policyOfAuthor, requirePermission } from '../http/tenancy.ts'
import { requireRoom } from '../room/require-room.ts'
import { credentialProblems, modelProblems, placeProblems } from './connection-problems.ts'
import { type ConnectionRow, connectionColumns, connectionEvent, presentConnection } from './present-connection.ts'
import { removeConnection } from './remove-connection.ts'

/** The connections of an environment. Credentials go in and are never seen again but by the request path. */
@Injectable()
export class AiConnectionService {
  constructor(@Inject(MANAGEMENT) private readonly management: Pick<Management, 'addresses' | 'db' | 'vault'>) {}

  list(context: EnvironmentContext, policy: Policy, query: PageQuery) {
    return page(query, {
      read: (after, limit) =>
        inEnvironment(this.management.db, context)
          .selectFrom('ai_connection')
          .where('id', '>', after)
          .selectAll()
          .orderBy('id')
          .limit(limit)
          .execute(),
      visible: ({ id }) => policy.allows('ai-connection:get', policyName(context, 'ai-connection', id)),
      present: presentConnection,
    })
  }

  async get(context: EnvironmentContext, id: string): Promise<AiConnection> {
    return presentConnection(await this.row(context, id))
  }

  /** With the sealed credential. Throws `not_found`. */
  async row(context: EnvironmentContext, id: string): Promise<ConnectionRow> {
    const row = await oneOf(this.management.db, context, id).executeTakeFirst()
    if (!row) throw notFound('AI connection')
    return row
  }

  /** Throws `invalid_fields`, `name_taken`, and `conflict` where there are {@link MOST_AI_CONNECTIONS}. */
  async create(
    change: Change,
    context: EnvironmentContext,
    input: AiConnectionInput,
    origin: Origin = 'api',
  ): Promise<AiConnection> {
    await lockEnvironment(change, context)
    await requireRoom(change, context, { table: 'ai_connection', kinds: 'AI connections', most: MOST_AI_CONNECTIONS })
    const { vault, addresses } = this.management
    refuse([...placeProblems(input, addresses), ...credentialProblems(input), ...modelProblems(input)])
    await requireFreeName(change, context, { ...NAMED, name: input.name })
    const id = uuidv7()
    const apiKey = input.credentials?.apiKey
    const sealed = apiKey === undefined ? null : await vault.seal(apiKey, { ...context, connectionId: id })
    const row = await inEnvironment(change.trx, context)
      .insertInto('ai_connection', {
        id,
        ...connectionColumns(input),
        sealed_api_key: sealed,
        origin,
        ...change.createdBy,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    const created = presentConnection(row)
    change.affects(context.environmentId)
    await change.record({ ...connectionEvent(row, 'create'), before: null, after: created })
    return created
  }

  /**
   * Keeps the version when nothing differs, a credential included. What the patch leaves as it was is not judged anew,
   * so that a connection can be switched off whose address the operator has forbidden since. With another provider or
   * address the credential has to be given again, or null.
   * Throws `not_found`, `version_mismatch`, `invalid_fields`, `name_taken`, and `in_use` for models that would no longer
   * be allowed though a resource uses them, and for another name where a rule looks at it by this one.
   */
  async update(
    change: Change,
    context: EnvironmentContext,
    id: string,
    version: number,
    patch: AiConnectionPatch,
  ): Promise<AiConnection> {
    await lockEnvironment(change, context)
    const row = await lockConnection(change, context, id)
    requireVersion(row.version, version)
    const before = presentConnection(row)
    const { credentials, ...settings } = patch
    const wanted: Settings = patched<Settings>(before, settings)
    if (wanted.provider !== before.provider) wanted.config = patch.config ?? {}
    refuse(this.#problemsOf(before, wanted, credentials))
    const sealed = await this.#sealed(context, row, credentials)
    if (isDeepStrictEqual(wanted, before) && sealed === row.sealed_api_key) return before
    if (wanted.name.toLowerCase() !== before.name.toLowerCase()) await requireUnwatched(change, context, before)
    if (wanted.name !== before.name) await requireFreeName(change, context, { ...NAMED, name: wanted.name, except: id })
    if (!isDeepStrictEqual(wanted.allowedModels, before.allowedModels))
      await requireModelsOfResources(change, context, before, wanted.allowedModels)
    const saved = await inEnvironment(change.trx, context)
      .updateTable('ai_connection')
      .set({ ...connectionColumns(wanted), sealed_api_key: sealed, ...touchedBy(change.author) })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    const after = presentConnection(saved)
    const replaced = sealed !== null && row.sealed_api_key !== null && sealed !== row.sealed_api_key
    change.affects(context.environmentId)
    await change.record({
      ...connectionEvent(saved, 'update'),
      before,
      // Both masks look alike.
      after: replaced ? { ...after, credentialsReplaced: true } : after,
    })
    return after
  }

  /**
   * @param cascade AI resources that use it in any place are deleted with it, from the lists of API keys it is taken
   * Throws `not_found`, `version_mismatch`, `in_use`, and `permission_missing` where the author may not do all of that.
   */
  async remove(
    change: Change,
    context: EnvironmentContext,
    id: string,
    version: number,
    cascade: boolean,
  ): Promise<void> {
    await lockEnvironment(change, context)
    const row = await lockConnection(change, context, id)
    requireVersion(row.version, version)
    const resources = named(context, await resourcesUsing(change, context, row))
    const keys = named(context, await keysNaming(change, context, id))
    const uses = [...resources, ...keys]
    const policy = await policyOfAuthor(change)
    if (uses.length > 0 && !cascade)
      throw inUse(policy, 'AI resources or API keys name it; cascade=true deletes those resources as well', uses)
    requireDeletable(policy, resources)
    if (policy) for (const { resource } of keys) requirePermission(policy, 'api-key:update', resource)
    for (const resource of resources) await removeResource(change, context, resource.id)
    await forgetConnection(change, context, id)
    await removeConnection(change, context, row)
  }

  #problemsOf(before: AiConnection, wanted: Settings, credentials: AiConnectionPatch['credentials']): FieldError[] {
    const moved = wanted.provider !== before.provider || !isDeepStrictEqual(wanted.config, before.config)
    const problems = moved ? placeProblems(wanted, this.management.addresses) : []
    if (moved && credentials === undefined && before.credentials)
      problems.push({ path: 'credentials', message: 'must be given again, or null: it was given for another place' })
    else if (moved || credentials !== undefined)
      problems.push(...credentialProblems({ ...wanted, credentials: credentials ?? null }))
    if (!isDeepStrictEqual([wanted.allowedModels, wanted.models], [before.allowedModels, before.models]))
      problems.push(...modelProblems(wanted))
    return problems
  }

  /** The credential as it is to be stored: what is held already where it is the same one. */
  async #sealed(
    context: EnvironmentContext,
    { id, sealed_api_key: held }: ConnectionRow,
    credentials: AiConnectionPatch['credentials'],
  ): Promise<string | null> {
    if (credentials === undefined) return held
    const apiKey = credentials?.apiKey
    if (apiKey === undefined) return null
    const { vault } = this.management
    const bound = { ...context, connectionId: id }
    const opened = held === null ? undefined : await vault.open(held, bound).catch(undefinedIfSealedForGood)
    return held !== null && opened === apiKey ? held : await vault.seal(apiKey, bound)
  }
}

const NAMED = { table: 'ai_connection', kind: 'AI connection' } as const

type Settings = Omit<AiConnectionInput, 'credentials'>

/** What policies call it. */
export const policyName = ({ workspaceId, environmentId }: EnvironmentContext, kind: string, id: string): string =>
  `workspace:${workspaceId}/environment:${environmentId}/${kind}:${id}`

const oneOf = (db: Kysely<Database>, context: EnvironmentContext, id: string) =>
  inEnvironment(db, context).selectFrom('ai_connection').where('id', '=', id).selectAll()

/** Its row stays as it is until the change ends: a rotation of the vault does not lock the environment. Throws `not_found`. */
async function lockConnection(change: Change, context: EnvironmentContext, id: string): Promise<ConnectionRow> {
  const row = await oneOf(change.trx, context, id).forUpdate().executeTakeFirst()
  if (!row) throw notFound('AI connection')
  return row
}

function refuse(problems: readonly FieldError[]): void {
  if (problems.length > 0) throw invalidFields(problems)
}

function undefinedIfSealedForGood(error: unknown): undefined {
  if (!(error instanceof VaultError)) throw error
}

/** Rules that look at how a connection does name it: under another name they would look at nothing. */
async function requireUnwatched(change: Change, context: EnvironmentContext, connection: AiConnection): Promise<void> {
  const watching = (await resourcesUsing(change, context, connection)).filter(({ watches }) => watches)
  if (watching.length === 0) return
  const detail = `Rules of AI resources look at "${connection.name}" by its name: change them first`
  throw inUse(await policyOfAuthor(change), detail, named(context, watching))
}

/** Resources must not be left with a model that may not be called. */
async function requireModelsOfResources(
  change: Change,
  context: EnvironmentContext,
  connection: AiConnection,
  allowedModels: readonly string[] | null,
): Promise<void> {
  if (!allowedModels) return
  const robbed = (await resourcesUsing(change, context, connection)).flatMap(({ models, ...resource }) => {
    const lost = models.filter((model) => !allowedModels.includes(model))
    return lost.length > 0 ? [{ ...resource, lost }] : []
  })
  if (robbed.length === 0) return
  const policy = await policyOfAuthor(change)
  const uses = named(context, robbed)
  const seen = uses.filter(({ resource }) => !policy || policy.allows('ai-resource:get', resource))
  const lost = [...new Set(seen.flatMap((use) => use.lost))]
  const detail = 'allowedModels leaves out what AI resources use'
  throw inUse(policy, lost.length > 0 ? `${detail}: ${lost.join(', ')}` : detail, uses)
}

/** What uses a connection, with what policies call it. */
const named = <Using extends UsedBy>(context: EnvironmentContext, uses: readonly Using[]): (Using & Use)[] =>
  uses.map((use) => ({ ...use, resource: policyName(context, use.kind, use.id) }))
