import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openApiDocument } from '../http/openapi.ts'
import { apiDocs } from './api-docs.plugin.ts'
import { productVersion } from './product-version.ts'

describe('the pages of the management API', () => {
  const server = fastify()
  const get = (url: string, headers = {}) => server.inject({ url, headers })

  beforeAll(() => server.register(apiDocs))
  afterAll(() => server.close())

  it('serve the OpenAPI document of this version', async () => {
    const answer = await get('/management/openapi.json')
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(answer.json()).toEqual(JSON.parse(JSON.stringify(openApiDocument(productVersion))))
    expect(answer.json().info.version).toMatch(/^\d+\.\d+\.\d+/)
  })

  it.each(['/management/openapi.json', '/management/docs', '/management/docs/scalar.js'])(
    '%s is not sent again to who has it',
    async (url) => {
      const { headers } = await get(url)
      const again = await get(url, { 'if-none-match': headers.etag })
      expect([again.statusCode, again.body]).toEqual([304, ''])
      expect((await get(url, { 'if-none-match': '"another"' })).statusCode).toBe(200)
    },
  )

  it('name no other host, in the page or in what it is set up with', async () => {
    const { body } = await get('/management/docs')
    expect(body).not.toMatch(/\/\//)
    const loaded = [...body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address)
    expect(loaded).toEqual(['docs/scalar.js'])
    expect(setUpOf(body)).toMatchObject({
      url: 'openapi.json',
      proxyUrl: '',
      telemetry: false,
      withDefaultFonts: false,
    })
    expect(setUpOf(body)).toMatchObject({ agent: { disabled: true }, mcp: { disabled: true } })
  })

  it('know every setting that has an address of the makers of the library', async () => {
    const { body } = await get('/management/docs')
    const script = (await get('/management/docs/scalar.js')).body
    const defaults = /(\w+:\w+\(\{default:`https:\/\/[\w.]*scalar\.com`\}\),?)+/.exec(script)?.[0] ?? ''
    const settings = [...defaults.matchAll(/(\w+):\w+\(/g)].map(([, name]) => name)
    expect(settings.length).toBeGreaterThan(0)
    expect(Object.keys(setUpOf(body).externalUrls)).toEqual(expect.arrayContaining(settings))
  })

  it('hold browsers to this server', async () => {
    const { headers } = await get('/management/docs')
    const policy = String(headers['content-security-policy'])
    const sources = policy.split('; ').map((directive) => directive.split(' '))
    for (const [name, ...allowed] of sources)
      for (const source of allowed)
        expect(["'self'", "'none'", 'data:', 'blob:', ...(name === 'style-src' ? ["'unsafe-inline'"] : [])]).toContain(
          source,
        )
    expect(sources).toEqual(
      expect.arrayContaining([
        ['default-src', "'none'"],
        ['script-src', "'self'"],
        ['connect-src', "'self'"],
      ]),
    )
  })

  it('run no script within the page, which such a policy would stop', async () => {
    const { body } = await get('/management/docs')
    expect(body.match(/<script\b[^>]*>[^<]*/g)).toEqual(['<script src="docs/scalar.js">'])
    expect(body).not.toMatch(/\son\w+=/)
  })

  it.each(['/', '/management', '/management/', '/management/v1', '/management/docs/'])(
    'are where %s leads, also behind a proxy that adds a prefix',
    async (url) => {
      const { statusCode, headers } = await get(url, { accept: 'text/html' })
      expect(statusCode).toBe(302)
      expect(new URL(String(headers.location), `https://proxy/prefix${url}`).pathname).toBe('/prefix/management/docs')
    },
  )

  it('are nothing that programs are led to from the root', async () => {
    for (const headers of [{ accept: '*/*' }, { accept: 'application/json' }, {}])
      expect((await get('/', headers)).statusCode).toBe(404)
  })

  it('hide the fields for the cookie by a name that the library knows', async () => {
    const { customCss } = setUpOf((await get('/management/docs')).body)
    expect(customCss).toContain('tr:has(.auth-description) ~ tr')
    expect((await get('/management/docs/scalar.js')).body).toMatch(/class:`[^`]*\bauth-description\b/)
  })

  it('have no icon, and say so once', async () => {
    const { statusCode, headers, body } = await get('/favicon.ico')
    expect([statusCode, body]).toEqual([204, ''])
    expect(headers['cache-control']).toContain('max-age=31536000')
  })

  it('bring the library with them', async () => {
    const { headers, body } = await get('/management/docs/scalar.js')
    expect(headers['content-type']).toMatch(/^text\/javascript/)
    // What the page is read by.
    expect(body).toContain('#api-reference[data-configuration]')
  })
})

const setUpOf = (page: string) =>
  JSON.parse(/data-configuration="([^"]*)"/.exec(page)?.[1]?.replaceAll('&quot;', '"').replaceAll('&amp;', '&') ?? '')
