import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'

/** @typedef {{ port: number, apiKey: string }} Target what is asked, always on 127.0.0.1 */

/** The bytes of one request: a chat of about `kilobytes`, whose `model` says what the upstream is to do. */
export function chatRequest({ port, apiKey }, model, kilobytes) {
  const words = 'The quick brown fox jumps over the lazy dog, then it goes home. '
  const message = (_, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content: words.repeat(15) })
  const messages = Array.from({ length: kilobytes }, message)
  const body = JSON.stringify({ model, stream: model !== 'json', temperature: 0.7, max_tokens: 256, messages })
  const head = [
    'POST /v1/chat/completions HTTP/1.1',
    `host: 127.0.0.1:${port}`,
    `authorization: Bearer ${apiKey}`,
    'content-type: application/json',
    'accept: */*',
    'user-agent: bench',
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/**
 * Sends `count` requests over `concurrency` connections, each as soon as its connection is free.
 *
 * This process, which is the upstream as well, looks for what has arrived without ever sleeping: else whatever is slower
 * would pay for waking it, and whatever keeps it busy would not.
 */
export async function saturate(target, request, { count, concurrency }) {
  const clients = await openClients(target, concurrency)
  const stopPolling = poll()
  const started = performance.now()
  const firstByteMs = []
  let left = count
  await bounded(
    Promise.all(
      clients.map(async (client) => {
        while (left > 0) {
          left--
          const { firstBodyMs } = await client.send(request)
          firstByteMs.push(firstBodyMs)
        }
      }),
    ),
  )
  const seconds = (performance.now() - started) / 1000
  stopPolling()
  for (const client of clients) client.close()
  return { perSecond: count / seconds, firstByteMs }
}

function poll() {
  let polling = true
  const again = () => {
    if (polling) setImmediate(again)
  }
  again()
  return () => {
    polling = false
  }
}

/** Sends a request each `1 / perSecond`, whether those before are answered or not. Answers all durations in ms. */
export async function fixedRate(target, request, { perSecond, seconds }) {
  const free = await openClients(target, 8)
  const durations = []
  const send = async () => {
    const client = free.pop() ?? (await openClient(target))
    const { durationMs } = await client.send(request)
    durations.push(durationMs)
    free.push(client)
  }
  const sent = []
  const started = performance.now()
  for (let index = 0; index < perSecond * seconds; index++) {
    const waitMs = started + (index * 1000) / perSecond - performance.now()
    if (waitMs > 0) await setTimeout(waitMs)
    sent.push(send())
  }
  await bounded(Promise.all(sent))
  for (const client of free) client.close()
  return durations
}

/** Opens `count` streams and waits for the first bytes of each. Answers a function that closes them. */
export async function holdStreams(target, request, count) {
  const clients = await openClients(target, count)
  await bounded(Promise.all(clients.map((client) => client.begin(request))))
  return () => clients.map((client) => client.close())
}

const openClients = (target, count) => Promise.all(Array.from({ length: count }, () => openClient(target)))

const openClient = ({ port }) =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => resolve(new Client(socket)))
  })

const HEAD_END = Buffer.from('\r\n\r\n')
const CHUNKS_END = Buffer.from('\r\n0\r\n\r\n')

/** One connection that has at most one request under way. Anything but a whole 200 is an error that ends the run. */
class Client {
  #socket
  #sentAt = 0
  #firstBodyMs = 0
  #inBody = false
  /** Bytes of the answer that still have to come; null where it is chunked. */
  #left = null
  #last = Buffer.alloc(0)
  #begun
  #ended

  constructor(socket) {
    this.#socket = socket
    socket.on('data', (data) => this.#read(data))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('The connection was closed before the answer was complete')))
  }

  /** Resolves at the end of the answer. */
  send(request) {
    this.#ended = Promise.withResolvers()
    this.#write(request)
    return this.#ended.promise
  }

  /** Resolves at the first bytes of the answer's body. */
  begin(request) {
    this.#begun = Promise.withResolvers()
    this.#write(request)
    return this.#begun.promise
  }

  close() {
    this.#begun = undefined
    this.#ended = undefined
    this.#socket.destroy()
  }

  #write(request) {
    this.#inBody = false
    this.#last = Buffer.alloc(0)
    this.#sentAt = performance.now()
    this.#socket.write(request)
  }

  #read(data) {
    if (this.#inBody) return this.#body(data)
    const head = Buffer.concat([this.#last, data])
    const end = head.indexOf(HEAD_END)
    if (end < 0) {
      this.#last = head
      return
    }
    const text = head.latin1Slice(0, end)
    if (!text.startsWith('HTTP/1.1 200 '))
      return this.#fail(new Error(`Answered with ${head.toString().slice(0, 500)}`))
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(text) ?? []
    this.#left = length === undefined ? null : Number(length)
    this.#last = Buffer.alloc(0)
    this.#inBody = true
    const body = head.subarray(end + HEAD_END.length)
    this.#firstBodyMs = 0
    if (body.length > 0) this.#body(body)
  }

  #body(data) {
    if (this.#firstBodyMs === 0) {
      this.#firstBodyMs = performance.now() - this.#sentAt
      this.#begun?.resolve()
    }
    if (this.#left === null) {
      this.#last = data.length >= CHUNKS_END.length ? data : Buffer.concat([this.#last, data])
      if (!this.#last.subarray(-CHUNKS_END.length).equals(CHUNKS_END)) return
    } else {
      this.#left -= data.length
      if (this.#left > 0) return
    }
    this.#ended?.resolve({ durationMs: performance.now() - this.#sentAt, firstBodyMs: this.#firstBodyMs })
  }

  #fail(error) {
    this.#begun?.reject(error)
    this.#ended?.reject(error)
  }
}

/** A run that hangs ends with an error. */
async function bounded(work) {
  const timeout = new AbortController()
  const late = setTimeout(LONGEST_MS, undefined, { signal: timeout.signal }).then(
    () => Promise.reject(new Error(`Not all answers came within ${LONGEST_MS / 1000} s`)),
    () => {},
  )
  try {
    await Promise.race([work, late])
  } finally {
    timeout.abort()
  }
}

const LONGEST_MS = 60_000
