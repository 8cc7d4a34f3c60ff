import type { Database } from '@vm-x/storage'
import type { Kysely } from 'kysely'
import type { SignedIn } from './call.ts'

/** Injection token of {@link Management}. */
export const MANAGEMENT = Symbol('management')

/** What every route of the management API is checked with. */
export type Management = {
  readonly db: Kysely<Database>
  /** Who the session of this `Cookie` header belongs to, as of now; undefined for nobody. */
  readonly whoIs: (cookie: string | undefined) => Promise<SignedIn | undefined>
  /** Origins besides the server's own that may send changes, e.g. `https://console.example.com`. */
  readonly allowedOrigins: ReadonlySet<string>
}
