import { isDeepStrictEqual } from 'node:util'
import { Inject, Injectable } from '@nestjs/common'
import type { Pool, PoolDefinition, PoolDefinitionInput } from '@vm-x/contract'
import { type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import { v7 as uuidv7 } from 'uuid'
import { resourcesIn } from '../ai-resource/resources-in.ts'
import type { Change } from '../change/changes.ts'
import { touchedBy } from '../change/tracked-row.ts'
import { EnvironmentService, lockEnvironment } from '../environment/environment.service.ts'
import { requireVersion } from '../http/etag.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { type FieldError, invalidFields } from '../http/problem.ts'
import { emptyDefinition, poolsEvent, presentedPools } from './present-pools.ts'

@Injectable()
export class PrioritizationService {
  constructor(
    @Inject(MANAGEMENT) private readonly management: Management,
    @Inject(EnvironmentService) private readonly environments: EnvironmentService,
  ) {}

  async get(context: EnvironmentContext): Promise<PoolDefinition> {
    const row = await inEnvironment(this.management.db, context)
      .selectFrom('pool_definition')
      .selectAll()
      .executeTakeFirst()
    return row ? presentedPools(row) : emptyDefinition(await this.environments.get(context))
  }

  /** Keeps the version when nothing differs. Throws `version_mismatch`, and `invalid_fields` with all that is wrong. */
  async replace(
    change: Change,
    context: EnvironmentContext,
    version: number,
    input: PoolDefinitionInput,
  ): Promise<PoolDefinition> {
    const environment = await lockEnvironment(change, context)
    const scope = inEnvironment(change.trx, context)
    const row = await scope.selectFrom('pool_definition').selectAll().executeTakeFirst()
    const before = row
      ? presentedPools(row)
      : emptyDefinition({ createdAt: environment.created_at.toISOString(), createdBy: environment.created_by })
    requireVersion(before.version, version)
    const faults = await poolFaults(change, context, input, before.pools)
    if (faults.length > 0) throw invalidFields(faults)
    const pools = input.pools.map((pool): Pool => ({ ...pool, id: pool.id ?? uuidv7() }))
    if (isDeepStrictEqual(pools, before.pools)) return before
    // The empty definition that it follows was the first version.
    if (!row) await scope.insertInto('pool_definition', { pools: '[]', ...beginningOf(environment) }).execute()
    const saved = await scope
      .updateTable('pool_definition')
      .set({ pools: JSON.stringify(pools), ...touchedBy(change.author) })
      .returningAll()
      .executeTakeFirstOrThrow()
    const after = presentedPools(saved)
    change.affects(context.environmentId)
    await change.record({ ...poolsEvent(context, 'update'), before, after })
    return after
  }
}

const beginningOf = ({ created_at, created_by }: { readonly created_at: Date; readonly created_by: string }) => ({
  created_at,
  created_by,
  updated_by: created_by,
})

async function poolFaults(
  change: Change,
  context: EnvironmentContext,
  { pools }: PoolDefinitionInput,
  existing: readonly Pool[],
): Promise<FieldError[]> {
  const poolIds = new Set(existing.map(({ id }) => id))
  const resourceIds = new Set((await resourcesIn(change.trx, context)).map(({ id }) => id))
  return pools.flatMap(({ id, resources }, index) => [
    ...(id === undefined || poolIds.has(id)
      ? []
      : [{ path: `pools[${index}].id`, message: 'is no pool of the environment; leave it out to make one' }]),
    ...resources.flatMap((resource, at) =>
      resourceIds.has(resource)
        ? []
        : [{ path: `pools[${index}].resources[${at}]`, message: 'the environment has no such resource' }],
    ),
  ])
}
