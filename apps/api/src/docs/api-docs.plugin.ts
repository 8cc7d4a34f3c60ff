import { createHash } from 'node:crypto'
import fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify'
import { openApiDocument } from '../http/openapi.ts'
import { productVersion } from './product-version.ts'

/**
 * What the management API says of itself, for programs at `/management/openapi.json`, for people at `/management/docs`,
 * where it can be tried, too, and where browsers are led from what is above it. For everyone, signed in or not; all of it
 * comes from this server, and browsers are told to ask no other.
 */
export const apiDocs: FastifyPluginAsync = async (server) => {
  const assets: Record<string, () => Asset | Promise<Asset>> = {
    '/management/openapi.json': once(() => asset('application/json', JSON.stringify(openApiDocument(productVersion)))),
    '/management/docs': once(() => asset('text/html; charset=utf-8', PAGE)),
    '/management/docs/scalar.js': once(async () => asset('text/javascript; charset=utf-8', await scalarScript())),
  }
  for (const [path, read] of Object.entries(assets))
    server.get(path, async ({ headers }, reply) => {
      const { type, body, etag } = await read()
      reply.headers({ ...HEADERS, etag })
      if (headers['if-none-match'] === etag) return reply.status(304).send()
      return reply.type(type).send(body)
    })
  leadToDocs(server)
}

/** Relative, as the addresses of the page. */
const WAYS = {
  '/management': 'management/docs',
  '/management/': 'docs',
  '/management/v1': 'docs',
  '/management/docs/': '../docs',
}

function leadToDocs(server: FastifyInstance): void {
  for (const [path, way] of Object.entries(WAYS)) server.get(path, (_request, reply) => reply.redirect(way, 302))
  // Who comes here with no browser is most often a client of the data plane whose base URL lacks `/v1`.
  server.get('/', ({ headers }, reply) =>
    headers.accept?.includes('text/html')
      ? reply.header('vary', 'accept').redirect('management/docs', 302)
      : reply.callNotFound(),
  )
  // Browsers ask for it with every page; unanswered, each would be an unknown URL in the audit of the data plane.
  server.get('/favicon.ico', (_request, reply) =>
    reply.status(204).header('cache-control', 'public, max-age=31536000, immutable').send(),
  )
}

type Asset = { readonly type: string; readonly body: string; readonly etag: string }

const asset = (type: string, body: string): Asset => ({
  type,
  body,
  etag: `"${createHash('sha256').update(body).digest('base64url')}"`,
})

/** Made when it is first asked for: a start should not wait for what few ask for. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

const HEADERS = {
  'cache-control': 'public, no-cache',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // The page sets styles of elements, which can't be allowed one by one.
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
}

/** The browser has the session cookie, and lets no page set it: a field for it would do nothing. */
const ONLY_WORDS_OF_AUTHENTICATION = `
tr:has(.auth-description) ~ tr, .auth-description button { display: none !important }
.auth-description .markdown { white-space: normal; -webkit-line-clamp: none }
`

/** Every service of the library's makers is off, and has no address where it can't be turned off. */
const CONFIGURATION = {
  url: 'openapi.json',
  agent: { disabled: true },
  mcp: { disabled: true },
  telemetry: false,
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  documentDownloadType: 'direct',
  persistAuth: false,
  customCss: ONLY_WORDS_OF_AUTHENTICATION,
  proxyUrl: '',
  externalUrls: { dashboardUrl: '', registryUrl: '', proxyUrl: '', apiBaseUrl: '' },
}

const attribute = (value: object) => JSON.stringify(value).replaceAll('&', '&amp;').replaceAll('"', '&quot;')

/** Addresses are relative, so that they are right behind a proxy that adds a prefix. */
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>VM-X AI management API</title>
  </head>
  <body>
    <div id="api-reference" data-configuration="${attribute(CONFIGURATION)}"></div>
    <script src="docs/scalar.js"></script>
  </body>
</html>
`

/** The library of the page. Its package gives it out only as a route of a server. */
async function scalarScript(): Promise<string> {
  const { default: scalar } = await import('@scalar/fastify-api-reference')
  const server = fastify()
  await server.register(scalar, { routePrefix: '/page', configuration: { url: CONFIGURATION.url } })
  const { statusCode, body } = await server.inject('/page/js/scalar.js')
  await server.close()
  if (statusCode !== 200) throw new Error(`The library of the page was answered ${statusCode}`)
  return body
}
