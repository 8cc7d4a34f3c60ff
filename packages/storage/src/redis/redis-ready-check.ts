import { Redis } from 'ioredis'
import { reasonOf } from './redis-reason.ts'

/**
 * Makes the client take a connection for one to Redis only if what is there answers as Redis does and has selected the
 * database that was asked for: it would go on with database 0, which may be another installation's. It also goes without
 * `INFO` where that is forbidden, of which the client would write to the standard error itself.
 *
 * The client makes connections that can't be reached otherwise, e.g. for a cluster's messages, so what all of them ask
 * with before they are ready is replaced.
 */
export function checkBeforeReady(): void {
  if (Redis.prototype.info === checkedInfo) return
  Reflect.set(Redis.prototype, 'info', checkedInfo)
}

const plainInfo = Redis.prototype.info

function checkedInfo(this: Redis, ...args: unknown[]): Promise<string> {
  const [answer] = args
  // Only the client itself asks so, when it is about to be ready.
  if (args.length !== 1 || typeof answer !== 'function') return Reflect.apply(plainInfo, this, args)
  const checked = check(this)
  checked.then(
    (info) => answer(null, info),
    (error: unknown) => answer(error),
  )
  return checked
}

async function check(connection: Redis): Promise<string> {
  const { db } = connection.options
  if (db) await connection.select(db).catch(notSelected)
  const info = await Reflect.apply(plainInfo, connection, []).catch(forbidden)
  if (info !== FORBIDDEN && !/^\w+:/m.test(String(info))) throw new Error('does not answer as Redis does')
  return info
}

/** Without the code of what is forbidden, with which the client would go on. */
function notSelected(error: unknown): never {
  throw new Error(reasonOf(error).replace('NOPERM ', ''))
}

/** Only Redis says so. */
function forbidden(error: unknown): string {
  if (error instanceof Error && error.message.startsWith('NOPERM')) return FORBIDDEN
  throw error
}

const FORBIDDEN = ''
