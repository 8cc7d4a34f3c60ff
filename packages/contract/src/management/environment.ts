import { z } from 'zod'
import { limitFields } from '../limits.ts'
import { name } from '../name.ts'
import { cascadeQuery } from './cascade.ts'
import { pageOf, pageQuery } from './paging.ts'
import { IN_ENVIRONMENT, IN_WORKSPACE, permission, route } from './route.ts'
import { tracked } from './tracked.ts'

const fields = { name, ...limitFields }

/** What API keys belong to, with the connections and resources that they reach. */
export const environment = z.strictObject({ id: z.uuid(), workspaceId: z.uuid(), ...fields, ...tracked })

export const environmentInput = z.strictObject({
  ...fields,
  capacity: limitFields.capacity.default([]),
  maxConcurrent: limitFields.maxConcurrent.default(null),
})

export const environmentPatch = z.strictObject(fields).partial()

const tag = 'environment'
const list = '/workspaces/{workspaceId}/environments'
const one = `${list}/{environmentId}`
const ON_ALL = `${IN_WORKSPACE}/environment:*`

export const environmentRoutes = {
  listEnvironments: route({
    id: 'listEnvironments',
    method: 'GET',
    path: list,
    tag,
    summary: 'List the environments of a workspace',
    access: permission('environment:list', ON_ALL),
    query: pageQuery,
    status: 200,
    answer: pageOf(environment),
  }),
  createEnvironment: route({
    id: 'createEnvironment',
    method: 'POST',
    path: list,
    tag,
    summary: 'Create an environment',
    access: permission('environment:create', ON_ALL),
    body: environmentInput,
    status: 201,
    answer: environment,
  }),
  getEnvironment: route({
    id: 'getEnvironment',
    method: 'GET',
    path: one,
    tag,
    summary: 'Get an environment',
    access: permission('environment:get', IN_ENVIRONMENT),
    status: 200,
    answer: environment,
  }),
  updateEnvironment: route({
    id: 'updateEnvironment',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Change an environment',
    access: permission('environment:update', IN_ENVIRONMENT),
    ifMatch: true,
    body: environmentPatch,
    status: 200,
    answer: environment,
  }),
  deleteEnvironment: route({
    id: 'deleteEnvironment',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Delete an environment',
    description:
      'Refused while anything is in it, unless `cascade=true`, which needs the permission to delete each thing in it. ' +
      'Its pools go with it, audit and usage stay.',
    access: permission('environment:delete', IN_ENVIRONMENT),
    ifMatch: true,
    query: cascadeQuery,
    status: 204,
  }),
}

export type Environment = z.infer<typeof environment>
export type EnvironmentInput = z.infer<typeof environmentInput>
export type EnvironmentPatch = z.infer<typeof environmentPatch>
