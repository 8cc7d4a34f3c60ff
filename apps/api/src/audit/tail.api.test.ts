import { apiKeyRoutes, authRoutes, MANAGEMENT_PREFIX, auditRoutes as routes, workspaceRoutes } from '@vm-x/contract'
import { systemClock } from '@vm-x/gateway'
import { exchangeRecord } from '@vm-x/gateway/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { chatWith, environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { PROMPT } from '../testing/prompt.ts'
import { type Person, startWorld, type World, worldKinds } from '../testing/world.ts'

type Place = Awaited<ReturnType<typeof environmentOfItsOwn>>
type Followed = { readonly id: string; readonly exchange: { readonly id: string } }

/** A tail as it is read: the next exchange, or undefined when it has ended. */
async function follow(world: World, { context }: Place, person: Person, query = '', headers: object = {}) {
  const leaving = new AbortController()
  open.push(leaving)
  const { workspaceId, environmentId } = context
  const answer = await fetch(
    `${world.url}${MANAGEMENT_PREFIX}/workspaces/${workspaceId}/environments/${environmentId}/audit/tail${query}`,
    { headers: { cookie: person.cookie, ...headers }, signal: leaving.signal },
  )
  const events = answer.ok && answer.body ? eventsOf(answer.body) : undefined
  return { answer, leave: () => leaving.abort(), next: async () => (await events?.next())?.value ?? undefined }
}

const open: AbortController[] = []

async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Followed, undefined> {
  let text = ''
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + piece).split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = /^event: exchange\ndata: (.*)$/m.exec(block)?.[1]
      if (data !== undefined) yield { id: /^id: (.*)$/m.exec(block)?.[1] ?? '', exchange: JSON.parse(data) }
    }
  }
  return undefined
}

afterEach(() => {
  vi.restoreAllMocks()
  for (const leaving of open.splice(0)) leaving.abort()
})

describe.each(worldKinds)('a live tail of the audit, on %s', (kind) => {
  let world: World
  let here: Place
  let key: { value: string }

  beforeAll(async () => {
    world = await startWorld(kind)
    here = await environmentOfItsOwn(world)
    await here.resource('plain')
    const model = { connectionId: here.connectionId, model: 'demo+chunks=8+interval=300' }
    await here.resource('slow', { model })
    key = await here.done(apiKeyRoutes.createApiKey, { body: { name: 'key' } })
  })
  afterAll(() => world?.close())

  /** The id of an exchange, once it is in the audit. */
  const chat = async (model = 'plain', meanwhile = async () => {}) => {
    const body = { model, stream: model === 'slow', messages: [{ role: 'user', content: PROMPT }] }
    world.trail.sent(body)
    const answer = await fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.value}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    await meanwhile()
    await answer.text()
    const exchangeId = answer.headers.get('x-request-id') ?? ''
    await vi.waitFor(() => here.done(routes.getAuditExchange, { params: { exchangeId } }), { timeout: 10_000 })
    return exchangeId
  }

  async function member(...roles: string[]) {
    const person = await world.person(...roles)
    await here.done(workspaceRoutes.addWorkspaceMember, { body: { email: person.email } })
    return person
  }

  it('gives an exchange that began before a newer one when it has ended, after that', async () => {
    await chat()
    const { answer, next } = await follow(world, here, world.admin)
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    let quick = ''
    const slow = await chat('slow', async () => {
      quick = await chat()
    })
    expect(quick > slow).toBe(true)
    expect([(await next())?.exchange.id, (await next())?.exchange.id]).toEqual([quick, slow])
  })

  it('goes on from Last-Event-ID with all that came meanwhile, and nothing before', async () => {
    const first = await follow(world, here, world.admin)
    const given = await chat()
    const left = await first.next()
    expect(left?.exchange.id).toBe(given)
    first.leave()
    const meanwhile = [await chat(), await chat()]
    const again = await follow(world, here, world.admin, '', { 'last-event-id': left?.id ?? '' })
    expect([(await again.next())?.exchange.id, (await again.next())?.exchange.id]).toEqual(meanwhile)
    const later = { 'last-event-id': '999999999999999.999999.1' }
    expect((await follow(world, here, world.admin, '', later)).answer.status).toBe(200)
    const refused = await follow(world, here, world.admin, '', { 'last-event-id': 'none of ours' })
    expect(refused.answer.status).toBe(422)
  })

  it('gives what the filter names, and nothing of another environment', async () => {
    const there = await environmentOfItsOwn(world)
    await there.resource('plain')
    const other = await there.done(apiKeyRoutes.createApiKey, { body: { name: 'key' } })
    const { next } = await follow(world, here, world.admin, '?status=404')
    await chat()
    await chatWith(world, other.value, 'nothing')
    const unknown = await chat('nothing')
    expect((await next())?.exchange.id).toBe(unknown)
    const span = await follow(world, here, world.admin, '?from=2026-01-01T00:00:00Z')
    expect(span.answer.status).toBe(422)
  })

  it('ends when the session has been revoked, and not while it goes on', async () => {
    const reader = await member('read-only')
    const { next } = await follow(world, here, reader)
    const clock = vi.spyOn(systemClock, 'now')
    const now = Date.now()
    clock.mockImplementation(() => now + 31_000)
    const seen = await chat()
    expect((await next())?.exchange.id).toBe(seen)
    await world.done(reader, authRoutes.signOut)
    clock.mockImplementation(() => now + 62_000)
    expect(await next()).toBeUndefined()
  })

  it('ends when the reader is no member of the workspace any more', async () => {
    const reader = await member('read-only')
    const { next } = await follow(world, here, reader)
    await here.done(workspaceRoutes.removeWorkspaceMember, { params: { userId: reader.id }, version: 1 })
    const now = Date.now()
    vi.spyOn(systemClock, 'now').mockImplementation(() => now + 31_000)
    expect(await next()).toBeUndefined()
  })

  it('is one of few: more are refused until one has been left', async () => {
    const reader = await member('read-only')
    const tails = []
    for (let count = 0; count < 5; count++) tails.push(await follow(world, here, reader))
    expect(tails.map(({ answer }) => answer.status)).toEqual([200, 200, 200, 200, 200])
    const refused = await follow(world, here, reader)
    expect(refused.answer.status).toBe(503)
    expect(refused.answer.headers.get('retry-after')).toBe('5')
    expect(await refused.answer.json()).toMatchObject({
      code: 'unavailable',
      detail: expect.stringContaining('5 live'),
    })
    tails[0]?.leave()
    await vi.waitFor(async () => expect((await follow(world, here, reader)).answer.status).toBe(200))
  })

  it.each([routes.tailAudit, routes.exportAudit])('answers HEAD of $id without beginning it', async ({ path }) => {
    const { workspaceId, environmentId } = here.context
    const address = path.replace('{workspaceId}', workspaceId).replace('{environmentId}', environmentId)
    const headers = { cookie: world.admin.cookie, origin: world.url }
    const answer = await fetch(`${world.url}${MANAGEMENT_PREFIX}${address}`, { method: 'HEAD', headers })
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })
})

it('a live tail ends when the server stops, which does not wait for it', async () => {
  const world = await startWorld('pglite', { env: { SHUTDOWN_GRACE_MS: '600000' } })
  const tail = await follow(world, await environmentOfItsOwn(world), world.admin)
  const [last] = await Promise.all([tail.next(), world.close()])
  expect(last).toBeUndefined()
})

it('an export is broken off when the server stops, which does not wait for it', async () => {
  const world = await startWorld('pglite', { env: { SHUTDOWN_GRACE_MS: '600000' } })
  const { context } = await environmentOfItsOwn(world)
  vi.spyOn(world.product.storage.audit, 'each').mockImplementation(async function* () {
    for (;;) {
      yield exchangeRecord(context)
      await new Promise((resolve) => setImmediate(resolve))
    }
  })
  const path = routes.exportAudit.path
    .replace('{workspaceId}', context.workspaceId)
    .replace('{environmentId}', context.environmentId)
  const answer = await fetch(`${world.url}${MANAGEMENT_PREFIX}${path}`, { headers: { cookie: world.admin.cookie } })
  const text = expect(answer.text()).rejects.toThrow()
  await world.close()
  await text
})
