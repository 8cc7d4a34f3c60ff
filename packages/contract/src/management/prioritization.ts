import { z } from 'zod'
import { pool, poolInput } from '../pools.ts'
import { IN_ENVIRONMENT, permission, route } from './route.ts'
import { tracked } from './tracked.ts'

/** The pools of an environment, highest priority first. Before the first one is saved there is an empty definition. */
export const poolDefinition = z.strictObject({
  pools: z.array(pool),
  /** Whether requests are admitted by it. This version of the gateway keeps definitions, but does not use them yet. */
  inEffect: z.literal(false),
  ...tracked,
})

/** All pools: those that are left out end. */
export const poolDefinitionInput = z
  .strictObject({ pools: z.array(poolInput).max(100) })
  .superRefine(({ pools }, context) => {
    const issue = (message: string, ...path: (string | number)[]) =>
      context.addIssue({ code: 'custom', path: ['pools', ...path], message })
    const seen = new Set<string>()
    const isNew = (key: string) => seen.size < seen.add(key).size
    for (const [index, { id, name, resources }] of pools.entries()) {
      if (id !== undefined && !isNew(`pool ${id}`)) issue('is the id of another pool', index, 'id')
      if (!isNew(`name ${name.toLowerCase()}`)) issue('is the name of another pool', index, 'name')
      for (const [at, resource] of resources.entries())
        if (!isNew(`resource ${resource}`)) issue('is in a pool already', index, 'resources', at)
    }
    const reserved = pools.reduce((sum, { minReservation }) => sum + minReservation, 0)
    if (reserved > 100 + ROUNDING) issue(`their minReservation add up to ${reserved}, which is more than 100`)
  })

const ROUNDING = 1e-9

const tag = 'prioritization'
const path = '/workspaces/{workspaceId}/environments/{environmentId}/prioritization'
const ON_IT = `${IN_ENVIRONMENT}/prioritization`

export const prioritizationRoutes = {
  getPoolDefinition: route({
    id: 'getPoolDefinition',
    method: 'GET',
    path,
    tag,
    summary: 'Get the priority pools of an environment',
    description:
      'Before a definition is saved there is an empty one, at version 1. Definitions are kept, but requests are not admitted by them yet: see `inEffect`.',
    access: permission('prioritization:get', ON_IT),
    status: 200,
    answer: poolDefinition,
  }),
  replacePoolDefinition: route({
    id: 'replacePoolDefinition',
    method: 'PUT',
    path,
    tag,
    summary: 'Replace the priority pools of an environment',
    description:
      'Send a pool with its `id` to keep it, without one to make it; what is left out ends. Definitions are kept, but requests are not admitted by them yet: see `inEffect`.',
    access: permission('prioritization:update', ON_IT),
    ifMatch: true,
    body: poolDefinitionInput,
    status: 200,
    answer: poolDefinition,
  }),
}

export type PoolDefinition = z.infer<typeof poolDefinition>
export type PoolDefinitionInput = z.infer<typeof poolDefinitionInput>
