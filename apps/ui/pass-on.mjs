import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) }

/** Of one connection only (RFC 9110, 7.6.1). */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'upgrade']

/**
 * Stay, even where `Connection` names them: a body that came with its length and left without it would be read as the next
 * request of the connection to the API, which all clients share.
 */
const KEPT = ['content-length', 'transfer-encoding', 'host']

/**
 * Passes a request on to the API, and its answer back, as bytes: no time limit, nothing buffered, compressed or retried. The
 * client's address is appended to `X-Forwarded-For`; whoever goes away ends the other side. The `Host` stays that of the
 * client, because the API compares it with `Origin`.
 *
 * @param {URL} api
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
export function passOn(api, request, response) {
  const headers = withoutHops(request.headers)
  const forwarded = request.headers['x-forwarded-for']
  headers['x-forwarded-for'] = [forwarded, request.socket.remoteAddress].filter(Boolean).join(', ')
  headers['x-forwarded-proto'] ??= request.socket.encrypted ? 'https' : 'http'
  const send = api.protocol === 'https:' ? httpsRequest : httpRequest
  const upstream = send(api, {
    // As it was sent: dots that are taken out here could lead to another path than the one that was looked at.
    path: request.url,
    method: request.method,
    headers,
    agent: agents[api.protocol],
    ...(api.protocol === 'https:' && { servername: api.hostname }),
  })
  upstream.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, withoutHops(answer.headers))
    answer.pipe(response)
    // An answer that breaks off must not look like one that ended.
    answer.once('error', () => response.destroy())
    answer.once('aborted', () => response.destroy())
  })
  upstream.once('error', () => {
    if (response.headersSent) return response.destroy()
    if (!response.destroyed) refuse(response)
  })
  response.once('close', () => response.writableFinished || upstream.destroy())
  request.once('error', () => upstream.destroy())
  request.pipe(upstream)
}

function withoutHops(headers) {
  const named = String(headers.connection ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  const kept = { ...headers }
  for (const name of [...HOP_BY_HOP, ...named]) if (!KEPT.includes(name)) delete kept[name]
  return kept
}

function refuse(response) {
  const body = JSON.stringify({
    type: 'about:blank',
    title: 'The API can not be reached',
    status: 502,
    code: 'api_unreachable',
    detail: 'The console is up, but the API behind it does not answer. Try again in a moment.',
  })
  response.writeHead(502, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  response.end(body)
}
