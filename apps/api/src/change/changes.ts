import type { Log } from '@vm-x/gateway'
import { type Database, recordChange } from '@vm-x/storage'
import type { Kysely, Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { type Author, signatureOf } from './author.ts'

/** What happened to one object. Secrets are masked before they get here. */
export type ChangeEvent = {
  /** As in policies, e.g. `ai-connection:update`. */
  readonly action: string
  readonly kind: string
  readonly id: string
  readonly name?: string | undefined
  readonly workspaceId?: string | undefined
  readonly environmentId?: string | undefined
  /** As the API shows the object; null where there was none. */
  readonly before: object | null
  readonly after: object | null
}

/** Where a change reads; for what only reads, `trx` is the database. */
export type Reading = { readonly trx: Kysely<Database> }

/** One change on its way: everything in it happens, or nothing does. */
export class Change {
  readonly trx: Transaction<Database>
  readonly author: Author
  readonly affected = new Set<string>()
  readonly affectedUsers = new Set<string>()

  constructor(trx: Transaction<Database>, author: Author) {
    this.trx = trx
    this.author = author
  }

  /** For rows that are made. */
  get createdBy() {
    const by = signatureOf(this.author)
    return { created_by: by, updated_by: by }
  }

  /** The request path must see what becomes of this environment. */
  affects(environmentId: string): void {
    this.affected.add(environmentId)
  }

  /** No replica must take this user, or their sessions, for what they were. */
  affectsSessionsOf(userId: string): void {
    this.affectedUsers.add(userId)
  }

  /** Writes the event into the management audit, in the transaction of the change itself. */
  async record({ action, kind, id, name, workspaceId, environmentId, before, after }: ChangeEvent): Promise<void> {
    const { author } = this
    await this.trx
      .insertInto('management_event')
      .values({
        id: uuidv7(),
        workspace_id: workspaceId ?? null,
        environment_id: environmentId ?? null,
        actor_kind: author.kind,
        actor_id: author.id,
        actor_name: author.name,
        action,
        object_kind: kind,
        object_id: id,
        object_name: name ?? null,
        before: before && JSON.stringify(before),
        after: after && JSON.stringify(after),
        source_address: author.sourceAddress,
        user_agent: author.userAgent?.slice(0, LONGEST_USER_AGENT) ?? null,
        request_id: author.requestId,
      })
      .execute()
  }
}

const LONGEST_USER_AGENT = 300

export type ChangesParts = {
  readonly db: Kysely<Database>
  /** Makes the request path of this process see what has changed in these environments. */
  readonly refresh: (environmentIds: ReadonlySet<string>) => Promise<void>
  /** Makes every replica read the sessions of this user anew; never rejects. */
  readonly sessionsChanged?: ((userId: string) => Promise<void>) | undefined
  readonly log: Log
}

/** The way in which anything is changed: one transaction, with its audit, visible to the request path before it answers. */
export class Changes {
  readonly #parts: ChangesParts

  constructor(parts: ChangesParts) {
    this.#parts = parts
  }

  async run<Result>(author: Author, work: (change: Change) => Promise<Result>): Promise<Result> {
    const { db, refresh, sessionsChanged, log } = this.#parts
    const { result, affected, affectedUsers } = await db.transaction().execute(async (trx) => {
      const change = new Change(trx, author)
      const result = await work(change)
      // Last: from here to the commit other changes wait.
      if (change.affected.size > 0) await recordChange(trx, [...change.affected])
      return { result, affected: change.affected, affectedUsers: change.affectedUsers }
    })
    for (const userId of affectedUsers) await sessionsChanged?.(userId)
    // The change is made; where it can't be read now, whoever watches for changes tries again.
    if (affected.size > 0)
      await refresh(affected).catch((error: unknown) => log.error({ err: error }, 'a change could not be read at once'))
    return result
  }
}
