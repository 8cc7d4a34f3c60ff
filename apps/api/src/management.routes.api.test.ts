import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { MANAGEMENT_PREFIX, managementRoutes, type Route } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ManagementModule, type ManagementParts } from './management.module.ts'

describe('the routes of the management API', () => {
  let app: NestFastifyApplication
  const served: string[] = []

  beforeAll(async () => {
    const adapter = new FastifyAdapter()
    adapter.getInstance().addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) if (one !== 'HEAD') served.push(`${one} ${url}`)
    })
    // Which routes there are depends on no part of the product, and nothing is asked of any.
    app = await NestFactory.create<NestFastifyApplication>(ManagementModule.of({} as ManagementParts), adapter, {
      logger: false,
      abortOnError: false,
    })
    // Throws for a second handler of a route.
    await app.init()
  })
  afterAll(() => app?.close())

  it('are those of the table: each has one handler, and none is beside it', () => {
    const managed = served.filter((one) => one.includes(' /management'))
    expect(managed.toSorted()).toEqual(managementRoutes.map(addressOf).toSorted())
  })

  it('have ids, and addresses, of their own', () => {
    expect(new Set(managementRoutes.map(({ id }) => id)).size).toBe(managementRoutes.length)
    expect(new Set(managementRoutes.map(shapeOf)).size).toBe(managementRoutes.length)
  })

  it.each(managementRoutes.map((route) => [route.id, route] as const))(
    '%s asks for a permission on what its path names',
    (_id, { access, path }) => {
      const named = paramsOf(path)
      const asked = access.kind === 'permission' ? paramsOf(access.on) : []
      expect(named).toEqual(expect.arrayContaining(asked))
    },
  )

  it.each(managementRoutes.filter(({ method }) => method === 'PATCH').map((route) => [route.id, route] as const))(
    '%s, which changes a part of something, asks for the version that it changes',
    (_id, { ifMatch }) => expect(ifMatch).toBe(true),
  )
})

const addressOf = ({ method, path }: Route) => `${method} ${MANAGEMENT_PREFIX}${path.replace(/\{(\w+)\}/g, ':$1')}`
const shapeOf = ({ method, path }: Route) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`
const paramsOf = (template: string) => [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
