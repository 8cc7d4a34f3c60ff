import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'

export type ReceivedRequest = {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  readonly response: ServerResponse
}

export type Answer = (response: ServerResponse, request: ReceivedRequest) => void

/** A provider on a loopback port that answers as the test says and remembers what it was asked. */
export class Upstream {
  readonly requests: ReceivedRequest[] = []
  /** Connections that were ever opened to it. */
  connections = 0
  answer: Answer
  readonly port: number
  readonly #server: Server

  private constructor(server: Server, port: number, answer: Answer) {
    this.#server = server
    this.port = port
    this.answer = answer
    server.on('connection', () => this.connections++)
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.#receive(request, response))
  }

  static async start(answer: Answer = answerJson()): Promise<Upstream> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the upstream has no port')
    return new Upstream(server, address.port, answer)
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const { method = '', url = '', headers, rawHeaders } = request
    const received = { method, path: url, headers, rawHeaders, body: Buffer.concat(pieces), response }
    this.requests.push(received)
    this.answer(response, received)
  }
}

export const COMPLETION =
  '{"id":"c-1","object":"chat.completion", "choices":[{"index":0,"message":{"role":"assistant","content":"Grüße 😀"},"finish_reason":"stop"}],\n"usage":{"prompt_tokens":7,"completion_tokens":3}}\n'

export const answerJson =
  (body = COMPLETION, status = 200, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
  }

/** Sends the pieces of a stream one by one, each as its own write, then ends. */
export const answerStream =
  (pieces: readonly (string | Buffer)[], headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', ...headers })
    const next = (at: number): void => {
      const piece = pieces[at]
      if (piece === undefined) response.end()
      else response.write(piece, () => setImmediate(next, at + 1))
    }
    next(0)
  }
