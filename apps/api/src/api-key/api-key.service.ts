import { isDeepStrictEqual } from 'node:util'
import { Inject, Injectable } from '@nestjs/common'
import {
  type ApiKey,
  type ApiKeyInput,
  type ApiKeyPatch,
  type ApiKeyRotation,
  MOST_API_KEYS,
  type PageQuery,
  type Policy,
} from '@vm-x/contract'
import { generateApiKey, type StoredApiKey } from '@vm-x/gateway'
import { type EnvironmentContext, inEnvironment, type Origin } from '@vm-x/storage'
import { v7 as uuidv7 } from 'uuid'
import type { Change } from '../change/changes.ts'
import { patched } from '../change/patched.ts'
import { lockEnvironment } from '../environment/environment.service.ts'
import { requireFreeName } from '../environment/free-name.ts'
import { requireVersion } from '../http/etag.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { page } from '../http/page.ts'
import { invalidFields, notFound } from '../http/problem.ts'
import { requireRoom } from '../room/require-room.ts'
import { keyFaults, normalisedRanges } from './key-faults.ts'
import { type ApiKeyRow, type ConfiguredKey, configuredKey, keyEvent } from './present-api-key.ts'
import { removeKey } from './remove-key.ts'
import { saveKey } from './save-key.ts'
import { takeSecret } from './take-secret.ts'

/** Where a key comes from; what is stored of it where its secret exists already. */
export type KeySource = { readonly origin?: Origin; readonly stored?: StoredApiKey }

@Injectable()
export class ApiKeyService {
  constructor(@Inject(MANAGEMENT) private readonly management: Management) {}

  async list(
    context: EnvironmentContext,
    policy: Policy,
    query: PageQuery,
  ): Promise<{ items: ApiKey[]; next?: string }> {
    const above = `workspace:${context.workspaceId}/environment:${context.environmentId}`
    const keys = await page(query, {
      read: (after, limit) =>
        inEnvironment(this.management.db, context)
          .selectFrom('api_key')
          .where('id', '>', after)
          .selectAll()
          .orderBy('id')
          .limit(limit)
          .execute(),
      visible: ({ id }) => policy.allows('api-key:get', `${above}/api-key:${id}`),
      present: configuredKey,
    })
    return { ...keys, items: await this.withUse(context, keys.items) }
  }

  async get(context: EnvironmentContext, id: string): Promise<ApiKey> {
    const row = await inEnvironment(this.management.db, context)
      .selectFrom('api_key')
      .where('id', '=', id)
      .selectAll()
      .executeTakeFirst()
    if (!row) throw notFound('API key')
    const [key] = await this.withUse(context, [configuredKey(row)])
    if (!key) throw notFound('API key')
    return key
  }

  /** Adds when each was last used. Where that can't be found out now, it is null: a rotated key must reach its owner. */
  async withUse<Key extends ConfiguredKey>(
    context: EnvironmentContext,
    keys: readonly Key[],
  ): Promise<(Key & Pick<ApiKey, 'lastUsedAt'>)[]> {
    const { usage, log } = this.management
    const ids = keys.map(({ id }) => id)
    const used = await within(LONGEST_LOOK_MS, usage.lastUsed(context, ids)).catch((error: unknown) => {
      log.error({ err: error }, 'when API keys were last used could not be read')
      return new Map<string, Date>()
    })
    return keys.map((key) => ({ ...key, lastUsedAt: used.get(key.id)?.toISOString() ?? null }))
  }

  /**
   * Answers the key itself as `value`, this once, unless `stored` was given. Throws `name_taken`, `invalid_fields` with
   * all that is wrong, and `conflict` where there are {@link MOST_API_KEYS}.
   */
  async create(
    change: Change,
    context: EnvironmentContext,
    input: ApiKeyInput,
    { origin = 'api', stored }: KeySource = {},
  ): Promise<ConfiguredKey & { readonly value?: string }> {
    await lockEnvironment(change, context)
    await requireRoom(change, context, { table: 'api_key', kinds: 'API keys', most: MOST_API_KEYS })
    const faults = await keyFaults(change, context, input)
    // A configuration file is applied with each start, also after keys in it have expired.
    if (origin !== 'config' && input.expiresAt !== null && Date.parse(input.expiresAt) <= this.management.clock.now())
      faults.push({ path: 'expiresAt', message: 'is in the past' })
    if (faults.length > 0) throw invalidFields(faults)
    await requireFreeName(change, context, { ...NAMED, name: input.name })
    if (stored) await takeSecret(change, stored, { nowMs: this.management.clock.now() })
    const { value, ...secret } = stored ? { ...stored, value: undefined } : generateApiKey()
    const row = await inEnvironment(change.trx, context)
      .insertInto('api_key', {
        id: uuidv7(),
        ...columnsOf(input),
        public_id: secret.publicId,
        hash: secret.hash,
        origin,
        ...change.createdBy,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    const created = configuredKey(row)
    change.affects(context.environmentId)
    await change.record({ ...keyEvent(row, 'create'), before: null, after: created })
    return value === undefined ? created : { ...created, value }
  }

  /** Keeps the version when nothing differs. Throws `version_mismatch`, `name_taken`, `invalid_fields`. */
  async update(
    change: Change,
    context: EnvironmentContext,
    id: string,
    version: number,
    patch: ApiKeyPatch,
  ): Promise<ConfiguredKey> {
    const row = await lockedKey(change, context, id)
    requireVersion(row.version, version)
    const faults = await keyFaults(change, context, patch)
    if (faults.length > 0) throw invalidFields(faults)
    const before = configuredKey(row)
    const wanted = patched(before, patch)
    const columns = columnsOf(wanted)
    const spelled = { allowedCidrs: columns.allowed_cidrs, expiresAt: columns.expires_at?.toISOString() ?? null }
    if (isDeepStrictEqual({ ...wanted, ...spelled }, before)) return before
    if (wanted.name !== before.name) await requireFreeName(change, context, { ...NAMED, name: wanted.name, except: id })
    return saveKey(change, context, row, columns)
  }

  /**
   * Gives the key another secret under the same public id, answered as `value` this once. The one of before works for
   * `graceSeconds` more. Throws `version_mismatch`.
   */
  async rotate(
    change: Change,
    context: EnvironmentContext,
    id: string,
    { version, graceSeconds }: ApiKeyRotation & { readonly version: number },
  ): Promise<ConfiguredKey & { readonly value: string }> {
    const row = await lockedKey(change, context, id)
    requireVersion(row.version, version)
    const { value, hash } = generateApiKey(row.public_id)
    // Also when it ends now: who still uses it is then known by its key.
    const previous = formerSecret(row.hash, this.management.clock.now() + graceSeconds * 1000)
    const rotated = await saveKey(change, context, row, { verb: 'rotate', hash, ...previous })
    return { ...rotated, value }
  }

  /**
   * Gives the key a secret that exists already, at once and for good. Keeps the version when it has it. Throws
   * `invalid_fields` when another key has it, of whatever environment.
   */
  async setSecret(
    change: Change,
    context: EnvironmentContext,
    id: string,
    { publicId, hash }: StoredApiKey,
  ): Promise<ConfiguredKey> {
    const row = await lockedKey(change, context, id)
    if (row.hash === hash && row.public_id === publicId) return configuredKey(row)
    await takeSecret(change, { publicId, hash }, { except: id, nowMs: this.management.clock.now() })
    return saveKey(change, context, row, {
      verb: 'rotate',
      public_id: publicId,
      hash,
      ...formerSecret(row.hash, this.management.clock.now()),
    })
  }

  /** Revokes the key. Throws `version_mismatch`. */
  async remove(change: Change, context: EnvironmentContext, id: string, version: number): Promise<void> {
    const row = await lockedKey(change, context, id)
    requireVersion(row.version, version)
    await removeKey(change, context, row)
  }
}

/** The store of usage may hang. */
const LONGEST_LOOK_MS = 2000

/** Rejects when it takes longer; what comes after that is not looked at. */
function within<Value>(timeoutMs: number, work: Promise<Value>): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`No answer within ${timeoutMs} ms`)), timeoutMs)
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

const NAMED = { table: 'api_key', kind: 'API key' } as const

const formerSecret = (hash: string, endsAtMs: number) => ({ previous_hash: hash, previous_until: new Date(endsAtMs) })

async function lockedKey(change: Change, context: EnvironmentContext, id: string): Promise<ApiKeyRow> {
  await lockEnvironment(change, context)
  const row = await inEnvironment(change.trx, context)
    .selectFrom('api_key')
    .where('id', '=', id)
    .selectAll()
    .executeTakeFirst()
  if (!row) throw notFound('API key')
  return row
}

const columnsOf = (key: ApiKeyInput) => ({
  name: key.name,
  description: key.description,
  enabled: key.enabled,
  resources: JSON.stringify(key.resources),
  connections: key.connections,
  labels: key.labels,
  capacity: JSON.stringify(key.capacity),
  max_concurrent: key.maxConcurrent,
  allowed_cidrs: key.allowedCidrs && normalisedRanges(key.allowedCidrs),
  expires_at: key.expiresAt === null ? null : new Date(key.expiresAt),
})
