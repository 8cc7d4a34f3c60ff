import { chmod, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { Log, RunningGateway } from '@vm-x/gateway'
import { ConfigRejected, InvalidCursor, rotateVault, type Storage } from '@vm-x/storage'
import { z } from 'zod'
import { Problem } from '../http/problem.ts'
import { adminSocketPath } from './admin-socket-path.ts'
import { addOwner, createApiKey, type OperatorParts, resetPassword } from './operator-commands.ts'

export type AdminOptions = OperatorParts & {
  readonly dataDir: string
  readonly storage: Storage
  readonly gateway: RunningGateway
  /** Resolves when what the journal holds has reached the stores, or the deadline has passed. */
  readonly drained: (deadline: AbortSignal) => Promise<unknown>
  readonly log: Log
}

/** Serves the `vmx` command over a socket that only its owner can open; whoever can is the operator. */
export async function openAdminSocket(options: AdminOptions): Promise<{ close(): Promise<void> }> {
  const path = adminSocketPath(options.dataDir)
  const server = createServer((request, response) => {
    const reply = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    handle(options, request).then(
      (body) => (body === undefined ? reply(404, { error: 'There is no such thing' }) : reply(200, body)),
      (error: unknown) => {
        const message = operatorError(error)
        if (message === undefined) options.log.error({ err: error }, 'a command failed')
        reply(message === undefined ? 500 : 400, { error: message ?? 'The command failed; the log says why' })
      },
    )
  })
  // The lock on the data directory has shown that no other process serves this socket.
  await rm(path, { force: true })
  const before = process.umask(0o177)
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
  } finally {
    process.umask(before)
  }
  await chmod(path, 0o600)
  return {
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const COMMANDS: Readonly<Record<string, (parts: OperatorParts, body: unknown) => Promise<object>>> = {
  'POST /api-keys': createApiKey,
  'POST /password-resets': resetPassword,
  'POST /workspace-owners': addOwner,
}

async function handle(options: AdminOptions, request: IncomingMessage): Promise<object | undefined> {
  const { storage, gateway } = options
  const url = new URL(request.url ?? '/', 'http://vmx')
  const route = `${request.method} ${url.pathname}`
  const command = COMMANDS[route]
  if (command) return command(options, JSON.parse(await text(request)))
  if (route === 'POST /vault/rotate') {
    const rotated = await rotateVault(storage.database.db, storage.vault, 'vmx')
    await gateway.refresh('all')
    return rotated
  }
  if (route === 'GET /audit') {
    await options.drained(AbortSignal.timeout(SHORT_DRAIN_MS))
    const cursor = url.searchParams.get('cursor')
    const limit = z.coerce
      .number()
      .int()
      .min(1)
      .max(1000)
      .parse(url.searchParams.get('limit') ?? 20)
    return storage.audit.list('operator', { limit, ...(cursor === null ? {} : { cursor }) })
  }
  const id = /^GET \/audit\/([0-9a-f-]{36})$/i.exec(route)?.[1]
  if (id === undefined) return undefined
  await options.drained(AbortSignal.timeout(SHORT_DRAIN_MS))
  return storage.audit.get('operator', id)
}

const SHORT_DRAIN_MS = 3000
const LONGEST_BODY = 64 * 1024

/** What the operator did wrong, in words; undefined when it was not the operator. */
function operatorError(error: unknown): string | undefined {
  if (error instanceof z.ZodError)
    return error.issues.map(({ path, message }) => `${path.join('.') || 'value'}: ${message}`).join('; ')
  if (error instanceof Problem && error.status < 500) return error.message
  if (error instanceof ConfigRejected) return error.problems.join('; ')
  return error instanceof InvalidCursor || error instanceof SyntaxError ? error.message : undefined
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > LONGEST_BODY) throw new SyntaxError('The request is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
