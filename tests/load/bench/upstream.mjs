import { createServer } from 'node:net'

const text = 'Lorem ipsum dolor sit amet, consectetur adipiscing elit. '.repeat(17)
const usage = { prompt_tokens: 500, completion_tokens: 250, total_tokens: 750 }
const answer = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1750000000,
  model: 'json',
  choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
  usage,
})
const JSON_ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(answer)}\r\n\r\n${answer}`,
)

const event = (fields) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1750000000, model: 'stream', ...fields })}\n\n`
const chunk = (data) => `${data.length.toString(16)}\r\n${data}\r\n`
const delta = (content, finish_reason = null) => event({ choices: [{ index: 0, delta: { content }, finish_reason }] })
const PIECE = Buffer.from(chunk(delta(' consectetur')))
const STREAM_START = Buffer.concat([
  Buffer.from('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'),
  PIECE,
])
const STREAM_END = Buffer.from(
  `${chunk(delta('', 'stop'))}${chunk(event({ choices: [], usage }))}${chunk('data: [DONE]\n\n')}0\r\n\r\n`,
)

/**
 * A provider that costs as little as possible: it reads just enough of HTTP/1.1 to know where a request ends, and its
 * answers are ready-made bytes. What the request's `model` says is what it does: `json` answers at once, `stream` sends
 * `chunks` pieces, each in a write of its own, one each `intervalMs`, `hold` sends one event and keeps the stream open
 * until the client has gone.
 */
export async function startUpstream({ chunks, intervalMs }) {
  /** Streams under way and how many events they still have to send. */
  const streams = new Map()
  const timer = setInterval(() => {
    for (const [socket, left] of streams) {
      if (left > 0) streams.set(socket, left - 1)
      else streams.delete(socket)
      socket.write(left > 0 ? PIECE : STREAM_END)
    }
  }, intervalMs)
  const respond = (socket, request) => {
    const initial = request[request.indexOf(MODEL) + MODEL.length]
    if (initial === 0x6a) return socket.write(JSON_ANSWER)
    socket.write(STREAM_START)
    if (initial === 0x73) streams.set(socket, chunks - 2)
  }
  const server = createServer({ noDelay: true }, (socket) => {
    readRequests(socket, (request) => respond(socket, request))
    socket.on('close', () => streams.delete(socket))
    socket.on('error', () => socket.destroy())
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      clearInterval(timer)
      server.close()
    },
  }
}

const HEAD_END = Buffer.from('\r\n\r\n')
const MODEL = Buffer.from('"model":"')

function readRequests(socket, respond) {
  let pending = []
  let bytes = 0
  /** Length of the request being read, 0 while its head is not complete. */
  let wanted = 0
  socket.on('data', (data) => {
    pending.push(data)
    bytes += data.length
    if (wanted === 0) wanted = requestLength(pending.length === 1 ? data : Buffer.concat(pending))
    if (wanted === 0 || bytes < wanted) return
    const request = pending.length === 1 ? data : Buffer.concat(pending)
    pending = []
    bytes = 0
    wanted = 0
    respond(request)
  })
}

/** Head and body; 0 when the head has not arrived whole. Nobody here sends a second request before the answer. */
function requestLength(data) {
  const headEnd = data.indexOf(HEAD_END)
  if (headEnd < 0) return 0
  const [, length = '0'] = /\r\ncontent-length: *(\d+)/i.exec(data.latin1Slice(0, headEnd)) ?? []
  return headEnd + HEAD_END.length + Number(length)
}
