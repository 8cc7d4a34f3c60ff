import { createServer } from 'node:http'
import { Pool } from 'undici'

/**
 * The baseline: what a proxy on `node:http` and undici cannot do without. Collects the request, sends it on, writes the
 * answer as it comes. Prints its address.
 */
const pool = new Pool(process.argv[2])

const server = createServer((request, response) => {
  const parts = []
  request.on('data', (part) => parts.push(part))
  request.on('end', () => {
    const { url, method } = request
    const body = parts.length === 1 ? parts[0] : Buffer.concat(parts)
    pool.dispatch({ path: url, method, headers: HEADERS, body }, new Answer(response))
  })
})

const HEADERS = ['content-type', 'application/json', 'accept', '*/*', 'authorization', 'Bearer bench']

class Answer {
  #response

  constructor(response) {
    this.#response = response
  }

  onRequestStart() {}

  onResponseStart(controller, status, headers) {
    const passed = { 'content-type': headers['content-type'] }
    if (headers['content-length'] !== undefined) passed['content-length'] = headers['content-length']
    this.#response.writeHead(status, passed)
    this.#response.on('drain', () => controller.resume())
  }

  onResponseData(controller, chunk) {
    if (!this.#response.write(chunk)) controller.pause()
  }

  onResponseEnd() {
    this.#response.end()
  }

  onResponseError() {
    this.#response.destroy()
  }
}

server.listen(0, '127.0.0.1', () => process.stdout.write(`ready at http://127.0.0.1:${server.address().port}\n`))
