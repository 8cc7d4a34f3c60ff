import { isDeepStrictEqual } from 'node:util'
import { Inject, Injectable } from '@nestjs/common'
import {
  type AiResource,
  type AiResourceInput,
  type AiResourcePatch,
  aiResourceInput,
  MOST_AI_RESOURCES,
  type PageQuery,
  type Policy,
} from '@vm-x/contract'
import { type EnvironmentContext, inEnvironment, type Origin } from '@vm-x/storage'
import { v7 as uuidv7 } from 'uuid'
import { connectionsIn } from '../ai-connection/connections-in.ts'
import type { Change } from '../change/changes.ts'
import { patched } from '../change/patched.ts'
import { touchedBy } from '../change/tracked-row.ts'
import { lockEnvironment } from '../environment/environment.service.ts'
import { requireFreeName } from '../environment/free-name.ts'
import { requireVersion } from '../http/etag.ts'
import { parsed } from '../http/field-errors.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { page } from '../http/page.ts'
import { invalidFields, notFound } from '../http/problem.ts'
import { requireRoom } from '../room/require-room.ts'
import { removeResource, resourceRow } from './remove-resource.ts'
import { resourceFaults } from './resource-faults.ts'
import { presentedResource, resourceColumns, resourceEvent } from './resource-row.ts'
import { keepRevision, listRevisions, revisionOf } from './revisions.ts'

@Injectable()
export class AiResourceService {
  constructor(@Inject(MANAGEMENT) private readonly management: Management) {}

  list(context: EnvironmentContext, policy: Policy, query: PageQuery) {
    const above = `workspace:${context.workspaceId}/environment:${context.environmentId}`
    return page(query, {
      read: (after, limit) =>
        inEnvironment(this.management.db, context)
          .selectFrom('ai_resource')
          .where('id', '>', after)
          .selectAll()
          .orderBy('id')
          .limit(limit)
          .execute(),
      visible: ({ id }) => policy.allows('ai-resource:get', `${above}/ai-resource:${id}`),
      present: presentedResource,
    })
  }

  async get(context: EnvironmentContext, id: string): Promise<AiResource> {
    const row = await inEnvironment(this.management.db, context)
      .selectFrom('ai_resource')
      .where('id', '=', id)
      .selectAll()
      .executeTakeFirst()
    if (!row) throw notFound('AI resource')
    return presentedResource(row)
  }

  /**
   * Throws `name_taken`, `invalid_fields` with all of {@link resourceFaults}, and `conflict` where there are
   * {@link MOST_AI_RESOURCES}.
   */
  async create(
    change: Change,
    context: EnvironmentContext,
    input: AiResourceInput,
    origin: Origin = 'api',
  ): Promise<AiResource> {
    await lockEnvironment(change, context)
    await requireRoom(change, context, { table: 'ai_resource', kinds: 'AI resources', most: MOST_AI_RESOURCES })
    await requireValid(change, context, input)
    await requireFreeName(change, context, { ...NAMED, name: input.name })
    const row = await inEnvironment(change.trx, context)
      .insertInto('ai_resource', { id: uuidv7(), ...resourceColumns(input), origin, ...change.createdBy })
      .returningAll()
      .executeTakeFirstOrThrow()
    await keepRevision(change, context, row)
    const created = presentedResource(row)
    change.affects(context.environmentId)
    await change.record({ ...resourceEvent(row, 'create'), before: null, after: created })
    return created
  }

  /**
   * Keeps the version when nothing differs. Throws `version_mismatch`, `name_taken`, and `invalid_fields` with all of
   * {@link resourceFaults}, unless none of what is judged there changes: a resource that has become wrong meanwhile can
   * still be turned off.
   */
  async update(
    change: Change,
    context: EnvironmentContext,
    id: string,
    version: number,
    patch: AiResourcePatch,
  ): Promise<AiResource> {
    await lockEnvironment(change, context)
    const row = await resourceRow(change, context, id)
    requireVersion(row.version, version)
    const before = presentedResource(row)
    const wanted = patched(before, patch)
    if (isDeepStrictEqual(wanted, before)) return before
    if (JUDGED_FIELDS.some((field) => !isDeepStrictEqual(wanted[field], before[field])))
      await requireValid(change, context, wanted)
    if (wanted.name !== before.name) await requireFreeName(change, context, { ...NAMED, name: wanted.name, except: id })
    // Of a release that kept none.
    await keepRevision(change, context, row)
    const saved = await inEnvironment(change.trx, context)
      .updateTable('ai_resource')
      .set({ ...resourceColumns(wanted), ...touchedBy(change.author) })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await keepRevision(change, context, saved)
    const after = presentedResource(saved)
    change.affects(context.environmentId)
    await change.record({ ...resourceEvent(row, 'update'), before, after })
    return after
  }

  /** API keys and pools that name it lose it. Throws `version_mismatch`. */
  async remove(change: Change, context: EnvironmentContext, id: string, version: number): Promise<void> {
    await lockEnvironment(change, context)
    requireVersion((await resourceRow(change, context, id)).version, version)
    await removeResource(change, context, id)
  }

  async revisions(context: EnvironmentContext, id: string, query: PageQuery) {
    await this.get(context, id)
    return listRevisions(this.management.db, context, id, query)
  }

  revision(context: EnvironmentContext, id: string, revisionId: string) {
    return revisionOf(this.management.db, context, id, revisionId)
  }

  /** Makes it what it was then. Throws as {@link update} does, where it could not be saved like this now. */
  async restore(
    change: Change,
    context: EnvironmentContext,
    id: string,
    version: number,
    revisionId: string,
  ): Promise<AiResource> {
    await lockEnvironment(change, context)
    const { document } = await revisionOf(change.trx, context, id, revisionId)
    return this.update(change, context, id, version, parsed(aiResourceInput, document))
  }
}

const NAMED = { table: 'ai_resource', kind: 'AI resource' } as const

/** Of {@link resourceFaults}. */
const JUDGED_FIELDS = ['model', 'routing', 'secondaryModels', 'fallback', 'timeouts', 'capacity'] as const

async function requireValid(change: Change, context: EnvironmentContext, input: AiResourceInput): Promise<void> {
  const faults = resourceFaults(input, await connectionsIn(change.trx, context))
  if (faults.length > 0) throw invalidFields(faults)
}
