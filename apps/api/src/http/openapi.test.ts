import { Validator } from '@seriousme/openapi-schema-validator'
import { MANAGEMENT_PREFIX, managementRoutes, PROBLEMS, problem } from '@vm-x/contract'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openApiDocument } from './openapi.ts'
import { problemsOf } from './openapi-problems.ts'
import { TAGS } from './openapi-tags.ts'

type Operation = {
  operationId: string
  tags: string[]
  security?: object[]
  parameters?: { name: string; in: string; required: boolean; schema: object; description?: string }[]
  requestBody?: { required: boolean; content: Record<string, { schema: object }> }
  responses: Record<string, { $ref?: string; headers?: object; content?: Record<string, { schema: object }> }>
}

// As whoever reads it gets it.
const document = JSON.parse(JSON.stringify(openApiDocument('1.2.3')))
const { schemas, responses } = document.components
const operations = new Map<string, Operation>(
  Object.values<Record<string, Operation>>(document.paths)
    .flatMap((path) => Object.values(path))
    .map((operation) => [operation.operationId, operation]),
)

function operation(id: string): Operation {
  const found = operations.get(id)
  if (!found) throw new Error(`There is no ${id}`)
  return found
}

const route = (id: string) => {
  const found = managementRoutes.find((one) => one.id === id)
  if (!found) throw new Error(`There is no ${id}`)
  return found
}

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator()
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  it('describes every route of the table, and nothing else', () => {
    expect([...operations.keys()]).toEqual(expect.arrayContaining(managementRoutes.map(({ id }) => id)))
    expect(operations.size).toBe(managementRoutes.length)
    for (const { id, method, path } of managementRoutes)
      expect(document.paths[path][method.toLowerCase()].operationId).toBe(id)
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { version: '1.2.3' },
      servers: [{ url: MANAGEMENT_PREFIX }],
    })
  })

  it('refers only to what it holds, and holds only what it refers to', () => {
    const text = JSON.stringify(document)
    const referred = new Set([...text.matchAll(/"\$ref":"#\/components\/([^"]+)"/g)].map(([, name]) => name))
    const held = ['schemas', 'responses', 'headers'].flatMap((kind) =>
      Object.keys(document.components[kind]).map((name) => `${kind}/${name}`),
    )
    expect([...referred].toSorted()).toEqual(held.toSorted())
    expect(text.match(/"\$ref":"(?!#\/components\/)/g)).toBeNull()
  })

  it('knows each parameter of a path', () => {
    for (const { id, path } of managementRoutes) {
      const inPath = operation(id).parameters?.filter((parameter) => parameter.in === 'path') ?? []
      expect(path.replace(/\{(\w+)\}/g, '')).not.toMatch(/[{}]/)
      expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? [])
      for (const parameter of inPath) expect(parameter).toMatchObject({ required: true, schema: { format: 'uuid' } })
    }
  })

  it('shows the fields of a query one by one, with their defaults', () => {
    const { parameters = [] } = operation('listAiResources')
    expect(parameters.find(({ name }) => name === 'limit')).toEqual({
      name: 'limit',
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
    })
  })

  it('asks for If-Match where the route does, and shows the ETag where there is a version', () => {
    for (const { id, ifMatch } of managementRoutes)
      expect(operation(id).parameters?.some(({ name }) => name === 'If-Match') ?? false).toBe(ifMatch === true)
    expect(operation('getAiResource').responses['200']).toHaveProperty('headers.ETag')
    expect(operation('listAiResources').responses['200']).not.toHaveProperty('headers.ETag')
  })

  it('tells of the header Origin, which is not for browsers to set, wherever something changes', () => {
    for (const { id, method } of managementRoutes) {
      const origin = operation(id).parameters?.find(({ name }) => name === 'Origin')
      if (method === 'GET') expect(origin, id).toBeUndefined()
      else expect(origin, id).toMatchObject({ in: 'header', required: false, example: expect.stringMatching(/^http:/) })
    }
  })

  it('says of each tag, and of no other, what its routes are for', () => {
    expect(Object.keys(TAGS).toSorted()).toEqual([...new Set(managementRoutes.map(({ tag }) => tag))].toSorted())
    for (const { name, description } of document.tags) {
      expect(description).toBe(TAGS[name])
      expect(description).toMatch(/^[A-Z][^.]+\.$/)
    }
  })

  it('tells that nobody needs to enter the cookie', () => {
    expect(document.components.securitySchemes.session.description).toMatch(/`signIn` sets the cookie.*by itself/)
  })

  it('asks for the session cookie everywhere but on public routes', () => {
    expect(document).toMatchObject({ security: [{ session: [] }] })
    for (const { id, access } of managementRoutes)
      expect(operation(id).security).toEqual(access.kind === 'public' ? [] : undefined)
  })

  it('tells defaults as what may be left out of a request and is always there in an answer', () => {
    expect(schemas.LimitInput.required).toEqual(['period'])
    expect(schemas.Limit.required).toEqual(['period', 'reserve', 'enabled'])
  })

  it('has no default in what is sent in bodies, where generators would take it for always there', () => {
    const bodies = [...operations.values()].map(({ requestBody }) => requestBody)
    expect(defaultsIn(bodies)).toEqual([])
    expect(schemas.LimitInput.properties.enabled).toEqual({ type: 'boolean', description: 'Default: `true`' })
    expect(schemas.AiResourceInput.properties.routing.description).toMatch(/^The first rule .*\n\nDefault: `\[\]`$/)
  })

  it('keeps the defaults of answers', () => {
    expect(schemas.Limit.properties.enabled).toEqual({ type: 'boolean', default: true })
  })

  it('has one name for what is the same in requests and answers', () => {
    expect(schemas).toHaveProperty('Target')
    expect(schemas).not.toHaveProperty('TargetInput')
  })

  it('lets conditions hold conditions', () => {
    expect(JSON.stringify(schemas.Condition)).toContain('"$ref":"#/components/schemas/Condition"')
  })

  it('says the same of a value as the contract does', () => {
    const read = z.fromJSONSchema(inlined('RoleInput'))
    const given = {
      name: 'auditors',
      policy: { statements: [{ effect: 'allow', actions: ['*:get'], resources: ['*'] }] },
    }
    const { body } = route('createRole')
    for (const value of [given, { ...given, name: 'no spaces' }, { ...given, extra: 1 }, { name: 'a' }])
      expect(read.safeParse(value).success).toBe(body?.safeParse(value).success)
  })

  it('tells of each refusal that a route can give, by status, and of its codes', () => {
    for (const one of managementRoutes)
      for (const code of problemsOf(one)) {
        const name = operation(one.id).responses[PROBLEMS[code].status]?.$ref?.replace('#/components/responses/', '')
        expect(responses[name ?? ''].description).toContain(`\`${code}\``)
      }
    expect(schemas.Problem.required).toEqual(z.toJSONSchema(problem).required)
  })

  it('names the media types of answers that are no JSON', () => {
    const { content = {} } = operation('chatWithAiResource').responses['200'] ?? {}
    expect(Object.keys(content)).toEqual(['application/json', 'text/event-stream'])
  })
})

/** Where there is a default in a schema or in what it refers to. */
function defaultsIn(schema: unknown, path = '', seen = new Set<string>()): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([key, part]) => {
    if (key === 'default') return [path]
    if (key !== '$ref') return defaultsIn(part, `${path}/${key}`, seen)
    const name = String(part).replace('#/components/schemas/', '')
    if (seen.has(name)) return []
    seen.add(name)
    return defaultsIn(schemas[name], name, seen)
  })
}

/** A schema on its own, with what it refers to among its definitions. */
function inlined(name: string): z.core.JSONSchema.JSONSchema {
  const text = JSON.stringify({ ...schemas[name], $defs: schemas }).replaceAll('#/components/schemas/', '#/$defs/')
  return JSON.parse(text)
}
