import { request } from 'node:http'
import { problem, userRoutes, workspaceRoutes } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type World, worldKinds } from '../testing/world.ts'

const CONSOLE = 'https://console.example.com'

type Sent = { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string | Buffer }

describe.each(worldKinds)('requests to the management API, on %s', (kind) => {
  let world: World
  beforeAll(async () => {
    world = await startWorld(kind, { env: { ALLOWED_ORIGINS: CONSOLE } })
  })
  afterAll(() => world?.close())

  /** Byte for byte what it says, as an administrator. */
  async function send(path: string, { method = 'GET', headers = {}, body }: Sent = {}) {
    const { promise, resolve, reject } = Promise.withResolvers<{
      status: number | undefined
      headers: Record<string, unknown>
      text: string
    }>()
    const outgoing = request(`${world.url}${path}`, { method, headers: { cookie: world.admin.cookie, ...headers } })
    outgoing.on('error', reject).on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }))
    })
    outgoing.end(body)
    return promise
  }

  /** Status and code of an answer that must be a problem as the contract has it. */
  async function problemOf(path: string, sent?: Sent) {
    const { status, headers, text } = await send(path, sent)
    expect(headers['content-type'], text).toMatch(/^application.problem.json;/)
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    const body = problem.parse(JSON.parse(text))
    expect(body.status).toBe(status)
    expect(body.requestId).toBe(headers['x-request-id'])
    return { status, code: body.code, paths: body.errors?.map(({ path }) => path), detail: body.detail }
  }

  const json = (body: string, headers: Record<string, string> = {}): Sent => ({
    method: 'POST',
    headers: { origin: world.url, 'content-type': 'application/json', ...headers },
    body,
  })
  const WORKSPACES = '/management/v1/workspaces'

  test.each(['/management', '/management/', '/management/v1'])(
    '%s leads those who read it to the docs',
    async (path) => {
      const { status, headers } = await send(path)
      expect([status, new URL(String(headers['location']), world.url + path).pathname]).toEqual([
        302,
        '/management/docs',
      ])
      expect(await problemOf(path, json('{}'))).toMatchObject({ status: 404, code: 'not_found' })
    },
  )

  test('the root leads browsers to the docs, and tells others what it always did', async () => {
    const { status, headers } = await send('/', { headers: { accept: 'text/html,*/*;q=0.8' } })
    expect([status, headers['location']]).toEqual([302, 'management/docs'])
    for (const accept of ['*/*', 'application/json']) {
      const { status, text } = await send('/', { headers: { accept } })
      expect([status, JSON.parse(text).error]).toEqual([
        404,
        expect.objectContaining({ code: 'unknown_url', message: expect.stringContaining('GET /.') }),
      ])
    }
  })

  test.each(['/management/v1/nothing', '/management/v2/users'])(
    '404 as a problem for %s, which is no route',
    async (path) => {
      expect(await problemOf(path)).toMatchObject({ status: 404, code: 'not_found' })
      expect(await problemOf(path, json('{}'))).toMatchObject({ status: 404, code: 'not_found' })
    },
  )

  test('404 as the data plane says it for what is below no prefix of ours', async () => {
    for (const path of ['/managementx', '/chat/completions']) {
      const { status, text } = await send(path)
      expect([status, JSON.parse(text).error.code]).toEqual([404, 'unknown_url'])
    }
  })

  test.each(['{"name":', '{"name":"a"}}', 'name=a', '{"name":"a","__proto__":{}}'])(
    '400 for the body %s',
    async (body) => {
      expect(await problemOf(WORKSPACES, json(body))).toMatchObject({ status: 400, code: 'malformed_request' })
    },
  )

  test('400 for an empty body that says it is JSON, 422 for none where there must be one', async () => {
    expect(await problemOf(WORKSPACES, json(''))).toMatchObject({ status: 400, code: 'malformed_request' })
    const none = { method: 'POST', headers: { origin: world.url } }
    expect(await problemOf(WORKSPACES, none)).toMatchObject({ status: 422, code: 'invalid_fields', paths: [''] })
    expect(await problemOf(WORKSPACES, json('[]'))).toMatchObject({ status: 422, paths: [''] })
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
  ])('415 for a body of the type %s', async (type) => {
    const sent = json('{"name":"typed"}', { 'content-type': type })
    expect(await problemOf(WORKSPACES, sent)).toMatchObject({ status: 415, code: 'unsupported_media_type' })
  })

  test('JSON may say its character set', async () => {
    const sent = json('{"name":"charset"}', { 'content-type': 'application/json; charset=utf-8' })
    expect((await send(WORKSPACES, sent)).status).toBe(201)
  })

  test('413 for a body above 1 MiB', async () => {
    const name = (bytes: number) => `{"name":"${'a'.repeat(bytes - '{"name":""}'.length)}"}`
    expect(await problemOf(WORKSPACES, json(name(2 ** 20 + 1)))).toMatchObject({ status: 413, code: 'body_too_large' })
    expect(await problemOf(WORKSPACES, json(name(2 ** 20)))).toMatchObject({ status: 422, paths: ['name'] })
  })

  test.each([
    ['missing', undefined],
    ['of another page', 'https://evil.example.com'],
    ['opaque', 'null'],
    ['of another port', 'http://127.0.0.1:1'],
    ['no address', '127.0.0.1'],
    ['like an allowed one', `${CONSOLE}.evil.example`],
  ])('403 for changes whose Origin is %s', async (_what, origin) => {
    const sent = { method: 'POST', headers: { 'content-type': 'application/json', ...(origin && { origin }) } }
    const refused = { status: 403, code: 'origin_not_allowed' }
    expect(await problemOf(WORKSPACES, { ...sent, body: '{"name":"forged"}' })).toMatchObject(refused)
    const signIn = '{"email":"admin@example.com","password":"x"}'
    expect(await problemOf('/management/v1/auth/sign-in', { ...sent, body: signIn })).toMatchObject(refused)
  })

  test('403 for another scheme on the own host, and where there is no host at all', async () => {
    const { host } = new URL(world.url)
    const sent = (headers: Record<string, string>) => ({ ...json('{"name":"forged"}'), headers })
    const type = { 'content-type': 'application/json' }
    const refused = { status: 403, code: 'origin_not_allowed' }
    expect(await problemOf(WORKSPACES, sent({ ...type, origin: `app://${host}` }))).toMatchObject(refused)
    expect(await problemOf(WORKSPACES, sent({ ...type, origin: 'null', host: '' }))).toMatchObject(refused)
  })

  test('changes may come from pages of the server itself, behind TLS too, and of ALLOWED_ORIGINS', async () => {
    const origins = [world.url, world.url.replace('http:', 'https:'), CONSOLE]
    for (const [index, origin] of origins.entries())
      expect((await send(WORKSPACES, json(`{"name":"from-${index}"}`, { origin }))).status).toBe(201)
  })

  test('reading needs no Origin, and any may be there', async () => {
    expect((await send(WORKSPACES)).status).toBe(200)
    expect((await send(WORKSPACES, { headers: { origin: 'https://evil.example.com' } })).status).toBe(200)
  })

  test.each([
    ['limit=1&limit=2', 'limit'],
    ['cursor=a&cursor=b', 'cursor'],
    ['cursor=bm90LWFuLWlk', 'cursor'],
    ['cursor=', 'cursor'],
    ['limit=', 'limit'],
    ['limit=many', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=201', 'limit'],
    ['order=name', 'order'],
  ])('422 for the query %s', async (query, path) => {
    expect(await problemOf(`${WORKSPACES}?${query}`)).toMatchObject({ status: 422, paths: [path] })
  })

  test('422 for a query or a body that a route takes none of', async () => {
    const user = `/management/v1/users/${world.admin.id}`
    expect(await problemOf(`${user}?expand=roles`)).toMatchObject({ status: 422, paths: ['expand'] })
    const { id } = await world.done(world.admin, workspaceRoutes.createWorkspace, { body: { name: 'left' } })
    expect(await problemOf(`${WORKSPACES}/${id}/leave`, json('{"to":"x"}'))).toMatchObject({
      status: 422,
      paths: ['to'],
    })
  })

  test('404, saying which, for what is no id in a path', async () => {
    expect(await problemOf('/management/v1/users/me')).toMatchObject({ status: 404, detail: 'There is no such user' })
    const path = `${WORKSPACES}/${world.admin.id}/environments/x/ai-connections/y`
    expect(await problemOf(path)).toMatchObject({ status: 404, detail: 'There is no such environment' })
  })

  test('an id is the same in upper case', async () => {
    const { status, text } = await send(`/management/v1/users/${world.admin.id.toUpperCase()}`)
    expect([status, JSON.parse(text).id]).toEqual([200, world.admin.id])
  })

  test.each([
    ['', 428, 'version_required'],
    ['1', 412, 'version_mismatch'],
    ['W/"1"', 412, 'version_mismatch'],
    ['*', 412, 'version_mismatch'],
    ['"0"', 412, 'version_mismatch'],
    ['"1", "2"', 412, 'version_mismatch'],
  ])('If-Match: %s is refused with %i', async (ifMatch, status, code) => {
    const sent = { ...json('{"name":"N"}', ifMatch === '' ? {} : { 'if-match': ifMatch }), method: 'PATCH' }
    expect(await problemOf(`/management/v1/users/${world.admin.id}`, sent)).toMatchObject({ status, code })
  })

  test('answers carry their version as an ETag, lists none, and nothing may keep them', async () => {
    const one = await world.call(world.admin, userRoutes.getUser, { params: { userId: world.admin.id } })
    expect(one.headers.get('etag')).toBe(`"${one.body.version}"`)
    const all = await world.call(world.admin, userRoutes.listUsers)
    expect(all.headers.get('etag')).toBeNull()
    for (const { headers } of [one, all])
      expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual(['no-store', 'nosniff'])
    expect(one.headers.get('x-request-id')).not.toBe(all.headers.get('x-request-id'))
  })

  test('401 comes before everything that only members may learn', async () => {
    const headers = { cookie: '' }
    const path = `${WORKSPACES}/${world.admin.id}?no=field`
    expect(await problemOf(path, { headers })).toMatchObject({ status: 401, code: 'not_signed_in' })
    expect(await problemOf(path, { ...json('{}', headers), method: 'PATCH' })).toMatchObject({ status: 401 })
  })
})
