import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { compressedFiles } from './compressed-files.mjs'
import { passOn } from './pass-on.mjs'

/**
 * Serves the console, and passes the API's paths on to it, so that pages and API have one origin and cookies need no more.
 * A server of our own, because a route of the framework sees no socket: it could neither know the client's address nor
 * stream without looking at what goes through.
 *
 * `CONSOLE_HOST` (127.0.0.1), `CONSOLE_PORT` (3001), `API_URL` (http://127.0.0.1:3000).
 */
const dev = process.argv.includes('--dev')
const host = process.env.CONSOLE_HOST ?? '127.0.0.1'
const port = Number(process.env.CONSOLE_PORT ?? 3001)
const api = new URL(process.env.API_URL ?? 'http://127.0.0.1:3000')

// Nothing is told to anybody; it must be said before the framework is loaded.
process.env.NEXT_TELEMETRY_DISABLED = '1'
const { default: next } = await import('next')
const app = next({ dev, dir: import.meta.dirname, hostname: host, port })
const page = app.getRequestHandler()
await app.prepare()
const upgrade = dev ? app.getUpgradeHandler() : undefined

const compressed = dev ? () => false : compressedFiles(import.meta.dirname)
// The framework would end the connection of whoever offers another protocol, as some clients always do (`Upgrade: h2c`).
const server = createServer({ shouldUpgradeCallback: () => dev }, (request, response) => {
  // `*` and addresses of other servers are for proxies.
  if (!request.url?.startsWith('/')) return response.writeHead(400).end()
  if (isApi(request.url)) return passOn(api, request, response)
  if (compressed(request, response)) return
  const policy = contentSecurityPolicy(randomBytes(16).toString('base64'))
  // The framework takes the nonce for its own scripts from here.
  request.headers['content-security-policy'] = policy
  response.setHeader('content-security-policy', policy)
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('x-frame-options', 'DENY')
  response.setHeader('referrer-policy', 'same-origin')
  response.setHeader('cross-origin-opener-policy', 'same-origin')
  response.setHeader('permissions-policy', 'camera=(), microphone=(), geolocation=()')
  return page(request, response)
})
if (upgrade) server.on('upgrade', upgrade)
server.once('error', (error) => {
  const taken = error.code === 'EADDRINUSE'
  process.stderr.write(
    taken
      ? `CONSOLE_PORT: ${host}:${port} is in use; name another one\n`
      : `The console could not listen: ${error.message}\n`,
  )
  process.exit(1)
})
server.listen(port, host, () => {
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  process.stdout.write(`Console ready at http://${shown}:${server.address().port}\n`)
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => {
    server.close(() => process.exit(0))
    server.closeIdleConnections()
    setTimeout(() => process.exit(0), 5_000).unref()
  })

function isApi(url) {
  return /^\/(?:management|v1|api\/v1|health)(?:[/?]|$)/.test(url)
}

function contentSecurityPolicy(nonce) {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`,
    // The overlay of the development server has no nonce.
    dev ? "style-src-elem 'self' 'unsafe-inline'" : `style-src-elem 'self' 'nonce-${nonce}'`,
    // Of markup that the server has rendered: it can't hold a nonce, and can't run anything.
    "style-src-attr 'unsafe-inline'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${dev ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}
