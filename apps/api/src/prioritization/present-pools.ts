import type { PoolDefinition } from '@vm-x/contract'
import type { Database, EnvironmentContext } from '@vm-x/storage'
import type { Selectable } from 'kysely'
import { trackedOf } from '../change/tracked-row.ts'

export const presentedPools = (row: Selectable<Database['pool_definition']>): PoolDefinition => ({
  pools: row.pools,
  inEffect: false,
  ...trackedOf(row),
})

/** What an environment begins with, so that the first definition that is saved names a version, too. */
export const emptyDefinition = ({
  createdAt,
  createdBy,
}: Pick<PoolDefinition, 'createdAt' | 'createdBy'>): PoolDefinition => ({
  pools: [],
  inEffect: false,
  createdAt,
  updatedAt: createdAt,
  createdBy,
  updatedBy: createdBy,
  version: 1,
})

/** There is one definition in an environment: the event's object is the environment's id. */
export const poolsEvent = ({ workspaceId, environmentId }: EnvironmentContext, verb: 'update' | 'delete') => ({
  action: `prioritization:${verb}`,
  kind: 'prioritization',
  id: environmentId,
  workspaceId,
  environmentId,
})
