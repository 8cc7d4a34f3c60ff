import { createServer } from 'node:http'
import { monotonicMs } from './clock.mjs'

/**
 * A provider that does what it is told, in a process of its own. The first line of a request's message is JSON:
 * `{ id, inputTokens, outputTokens, afterMs, status? }`. It answers after that time, reports that usage, and notes when
 * the request arrived: `GET /notes` answers all notes, `[{ id, atMs, answeredAtMs, tokens, status, underWay }]`, of which
 * the last is how many requests were under way with it. A request whose client left before is noted all the same.
 */
const notes = []
let underWay = 0

const server = createServer((request, response) => {
  if (request.method === 'GET') return json(response, 200, notes)
  const note = { id: '', atMs: monotonicMs(), answeredAtMs: 0, tokens: 0, status: 0, underWay: ++underWay }
  notes.push(note)
  const end = () => {
    if (note.answeredAtMs > 0) return
    note.answeredAtMs = monotonicMs()
    underWay--
  }
  response.on('close', end)
  const parts = []
  request.on('data', (part) => parts.push(part))
  request.on('end', () => {
    const told = instruction(Buffer.concat(parts))
    note.id = told.id
    setTimeout(() => {
      // Before the answer leaves: whoever has it may already send the next request.
      end()
      answer(response, note, told)
    }, told.afterMs)
  })
  request.on('error', () => {})
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`ready at http://127.0.0.1:${server.address().port}\n`))

function instruction(body) {
  const { messages } = JSON.parse(body.toString())
  return JSON.parse(messages[0].content.split('\n')[0])
}

function answer(response, note, { inputTokens, outputTokens, status = 200 }) {
  if (response.destroyed) return
  note.status = status
  if (status !== 200) return json(response, status, { error: { message: 'as told', type: 'server_error' } })
  note.tokens = inputTokens + outputTokens
  json(response, 200, {
    id: `chatcmpl-${note.id}`,
    object: 'chat.completion',
    created: 1_750_000_000,
    model: 'told',
    choices: [{ index: 0, message: { role: 'assistant', content: 'As told.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: note.tokens },
  })
}

function json(response, status, value) {
  const body = JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
