import { authRoutes, userRoutes } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type World, worldKinds } from '../testing/world.ts'

describe.each(worldKinds)('on %s', (kind) => {
  let world: World
  beforeAll(async () => {
    world = await startWorld(kind)
  })
  afterAll(() => world?.close())

  test('200: who is signed in, with the policies of their roles', async () => {
    const session = await world.done(world.admin, authRoutes.getCurrentSession)
    expect(session).toMatchObject({
      user: { email: 'admin@example.com', state: 'active' },
      session: { current: true },
      roles: [{ name: 'admin' }],
    })
  })

  test('401 without a session', async () => {
    const answer = await world.call(undefined, authRoutes.getCurrentSession)
    expect([answer.status, answer.body.code]).toEqual([401, 'not_signed_in'])
  })

  test('403 for whoever has to change the password first, whatever they ask for', async () => {
    const person = await world.person('read-only')
    expect((await world.call(person, userRoutes.listUsers)).status).toBe(200)
  })
})
