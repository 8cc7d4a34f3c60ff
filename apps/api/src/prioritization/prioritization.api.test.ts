import {
  aiResourceRoutes,
  environmentRoutes,
  type PoolDefinition,
  prioritizationRoutes as routes,
} from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { startWorld, type World, worldKinds } from '../testing/world.ts'

describe.each(worldKinds)('the API of the pool definition, on %s', (kind) => {
  let world: World

  beforeAll(async () => {
    world = await startWorld(kind)
  })
  afterAll(() => world?.close())

  async function fresh() {
    const here = await environmentOfItsOwn(world)
    const put = (version: number | undefined, ...pools: object[]) =>
      here.call(routes.replacePoolDefinition, { ...(version !== undefined && { version }), body: { pools } })
    const saved = async (version: number, ...pools: object[]): Promise<PoolDefinition> => {
      const answer = await put(version, ...pools)
      expect(answer).toMatchObject({ status: 200 })
      return answer.body
    }
    const read = (): Promise<PoolDefinition> => here.done(routes.getPoolDefinition)
    const events = () =>
      world.product.storage.database.db
        .selectFrom('management_event')
        .where('environment_id', '=', here.context.environmentId)
        .where('object_kind', '=', 'prioritization')
        .select(['action', 'object_id', 'before', 'after'])
        .orderBy('id')
        .execute()
    return { ...here, put, saved, read, events }
  }

  const pool = (name: string, fields: object = {}) => ({
    name,
    minReservation: 10,
    maxReservation: 80,
    resources: [],
    ...fields,
  })

  it('is empty, at version 1, from the beginning of its environment on', async () => {
    const { context, call, done } = await fresh()
    const environment = await done(environmentRoutes.getEnvironment)
    const answer = await call(routes.getPoolDefinition)
    expect(answer.headers.get('etag')).toBe('"1"')
    expect(answer.body).toEqual({
      pools: [],
      inEffect: false,
      version: 1,
      createdAt: environment.createdAt,
      updatedAt: environment.createdAt,
      createdBy: world.admin.id,
      updatedBy: world.admin.id,
    })
    expect(context.environmentId).toBe(environment.id)
  })

  it('428 without a version and 412 with a stale one, the first time as later', async () => {
    const { put, saved } = await fresh()
    expect((await put(undefined)).status).toBe(428)
    expect((await put(2, pool('high'))).status).toBe(412)
    await saved(1, pool('high'))
    expect((await put(undefined)).status).toBe(428)
    expect((await put(1, pool('high'))).status).toBe(412)
  })

  it('keeps pools in their order, each under an id that stays when it is renamed or moved', async () => {
    const { resource, saved, read } = await fresh()
    const resources = [await resource('fast')]
    const first = await saved(1, pool('high', { resources, reservation: 'strict' }), pool('low'))
    expect(first).toMatchObject({
      version: 2,
      inEffect: false,
      pools: [
        { name: 'high', minReservation: 10, maxReservation: 80, resources, reservation: 'strict' },
        { name: 'low', reservation: 'adaptive' },
      ],
    })
    expect(await read()).toEqual(first)
    const [high, low] = first.pools
    const second = await saved(2, { ...low, name: 'lowest' }, pool('new'), { ...high })
    expect(second.version).toBe(3)
    expect(second.pools).toEqual([{ ...low, name: 'lowest' }, expect.objectContaining({ name: 'new' }), high])
    expect(new Set(second.pools.map(({ id }) => id)).size).toBe(3)
    expect((await saved(3)).pools).toEqual([])
  })

  it('tells the management audit what it was and what it is; nothing where nothing differs', async () => {
    const { context, saved, events } = await fresh()
    const empty = await saved(1)
    expect(empty.version).toBe(1)
    const first = await saved(1, pool('high'))
    expect(await saved(2, ...first.pools)).toEqual(first)
    expect(await events()).toEqual([
      { action: 'prioritization:update', object_id: context.environmentId, before: empty, after: first },
    ])
  })

  it('422 with everything that is wrong with the pools themselves', async () => {
    const { resource, put } = await fresh()
    const id = await resource('fast')
    const answer = await put(
      1,
      pool('high', { resources: [id], minReservation: 90, maxReservation: 90 }),
      pool('HIGH', { resources: [id], minReservation: 11 }),
    )
    expect(answer.status).toBe(422)
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'pools[1].name',
      'pools[1].resources[0]',
      'pools',
    ])
    const wrong = await put(
      1,
      pool('a', { minReservation: 50, maxReservation: 20 }),
      pool('b', { maxReservation: 101 }),
    )
    expect(wrong.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'pools[0].minReservation',
      'pools[1].maxReservation',
    ])
  })

  it('takes shares that add up to 100, whatever the rounding', async () => {
    const { saved } = await fresh()
    const shares = [33.1, 33.2, 33.7].map((minReservation, index) => pool(`p${index}`, { minReservation }))
    expect(shares.reduce((sum, { minReservation }) => sum + minReservation, 0)).toBeGreaterThan(100)
    expect(await saved(1, ...shares)).toMatchObject({ version: 2 })
  })

  it('422 for resources and pools that the environment does not have, also where another one has them', async () => {
    const elsewhere = await fresh()
    const foreign = await elsewhere.resource('foreign')
    const { pools } = await elsewhere.saved(1, pool('theirs'))
    const { put, read } = await fresh()
    const answer = await put(1, pool('a', { id: pools[0]?.id }), pool('b', { resources: [foreign] }))
    expect(answer.status).toBe(422)
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'pools[0].id',
      'pools[1].resources[0]',
    ])
    expect((await read()).version).toBe(1)
  })

  it('loses a resource that is deleted, and keeps its pool', async () => {
    const { resource, saved, read, call, events } = await fresh()
    const [gone, kept] = [await resource('gone'), await resource('kept')]
    const before = await saved(1, pool('high', { resources: [gone, kept] }), pool('low'))
    await call(aiResourceRoutes.deleteAiResource, { params: { aiResourceId: gone }, version: 1 })
    const after = await read()
    expect(after).toMatchObject({ version: 3, pools: [{ name: 'high', resources: [kept] }, { name: 'low' }] })
    expect((await events()).at(-1)).toMatchObject({ before, after })
    const unrelated = await resource('unrelated')
    await call(aiResourceRoutes.deleteAiResource, { params: { aiResourceId: unrelated }, version: 1 })
    expect((await read()).version).toBe(3)
  })
})
