import { parentPort, workerData } from 'node:worker_threads'
import { messages, PGlite } from '@electric-sql/pglite'
import type { QueryAnswer, QueryFailure, WorkerReply, WorkerRequest } from './pglite.ts'

/** Runs PostgreSQL off the main thread, where a query would hold up every request. Speaks the messages of pglite.ts. */
const port = parentPort
if (!port) throw new Error('This module runs in a worker thread only')

const INT8 = 20
const pglite = new PGlite(String(workerData), { parsers: { [INT8]: Number } })
// A failed start is the answer to `start`.
pglite.waitReady.catch(() => {})

port.on('message', async ({ id, request }: { id: number; request: WorkerRequest }) => {
  const reply: WorkerReply = await handle(request).then(
    (result) => ({ id, result }),
    (error: unknown) => ({ id, error: describe(error) }),
  )
  port.postMessage(reply)
})

async function handle(request: WorkerRequest): Promise<QueryAnswer | undefined> {
  if (request.do === 'query') {
    const options = request.blob && { blob: new Blob([request.blob]) }
    const { rows, affectedRows, command } = await pglite.query(request.sql, [...(request.parameters ?? [])], options)
    return { rows, rowCount: affectedRows ?? 0, command }
  }
  await (request.do === 'start' ? pglite.waitReady : pglite.close())
  return undefined
}

/** An error's own fields do not survive the way between threads, and its query's parameters must not. */
function describe(error: unknown): QueryFailure {
  if (error instanceof messages.DatabaseError)
    return { message: error.message, code: error.code, constraint: error.constraint, table: error.table }
  return { message: error instanceof Error ? error.message : String(error) }
}
