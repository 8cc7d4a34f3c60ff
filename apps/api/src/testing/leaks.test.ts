import { aiResourceRoutes } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chatWith, environmentOfItsOwn } from './environment-of-its-own.ts'
import { leaksIn } from './leaks.ts'
import { recordingLog } from './recording-log.ts'
import { startWorld, type World } from './world.ts'

const said = (where: string) => `The ${where} heron reads seven lanterns`

describe('what is looked for when a world ends', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld('pglite')
    const here = await environmentOfItsOwn(world)
    const params = { aiResourceId: await here.resource('asked') }
    const body = (content: unknown) => ({ messages: [{ role: 'user', content }] })
    await chatWith(world, 'nobody', 'asked', said('data'))
    await here.done(aiResourceRoutes.chatWithAiResource, { params, body: body(said('chatting')) })
    await here.done(aiResourceRoutes.chatWithAiResource, {
      params,
      body: body([{ type: 'text', text: said('multimodal') }]),
    })
    await here.done(aiResourceRoutes.routeAiResource, { params, body: { request: body(said('dry')) } })
    await here.call(aiResourceRoutes.chatWithAiResource, { params, body: JSON.stringify(body(said('written'))) })
  })
  afterAll(() => world?.close())

  /** What is found once an error was logged that has `text` in a field of its own. */
  async function foundOf(text: string): Promise<string[]> {
    recordingLog(world.logged).error({ err: Object.assign(new Error('failed'), { sent: { text } }) }, 'It failed')
    const found = await leaksIn(world)
    world.logged.pop()
    return found
  }

  it.each(['data', 'chatting', 'multimodal', 'dry', 'written'])(
    'is a prompt that was sent: the %s one',
    async (where) => {
      expect(await foundOf(said(where))).toEqual([expect.stringMatching(`^the log holds ${said(where)}: `)])
    },
  )

  it('is a prompt in the database', async () => {
    const { db } = world.product.storage.database
    const name = said('dry')
    await db
      .insertInto('installation_secret')
      .values({ name, sealed: 'x'.repeat(40) })
      .execute()
    expect(await leaksIn(world)).toEqual([expect.stringMatching(`^installation_secret holds ${name}: `)])
    await db.deleteFrom('installation_secret').where('name', '=', name).execute()
  })

  it('is not what nobody has sent', async () => {
    expect(await foundOf(said('unheard'))).toEqual([])
    expect(await leaksIn(world)).toEqual([])
  })
})
