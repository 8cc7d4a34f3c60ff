import { globSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

const TYPES = { '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8' }

/**
 * Answers requests for files that the build has compressed; they are few, never change under their name, and are kept in
 * memory. Answers false where the request is for something else, or its client takes no Brotli.
 */
export function compressedFiles(directory) {
  const root = join(directory, '.next')
  const kept = new Map(
    globSync('static/**/*.br', { cwd: root }).map((file) => [
      `/_next/${file.slice(0, -3).replaceAll('\\', '/')}`,
      readFileSync(join(root, file)),
    ]),
  )
  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? ''
    const body = kept.get(path)
    if (!body || request.method !== 'GET' || !/\bbr\b/.test(String(request.headers['accept-encoding'] ?? '')))
      return false
    response.writeHead(200, {
      'content-type': TYPES[extname(path)],
      'content-encoding': 'br',
      'content-length': body.length,
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
    })
    response.end(body)
    return true
  }
}
