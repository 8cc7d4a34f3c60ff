import type {
  AuditStore,
  Clock,
  ConnectionProbe,
  Log,
  RunningGateway,
  UpstreamAddressPolicy,
  UsageStore,
  Vault,
} from '@vm-x/gateway'
import type { Database, OpenedDatabase } from '@vm-x/storage'
import type { Kysely } from 'kysely'
import type { PasswordHasher } from '../auth/password-hasher.ts'
import type { SignIn } from '../auth/sign-in.ts'

/** Injection token of {@link Management}. */
export const MANAGEMENT = Symbol('management')

/** What the management API works with: every route is checked with it, every feature takes its ports from here. */
export type Management = {
  readonly db: Kysely<Database>
  /** For what may take long and may lag, each read in its turn. */
  readonly reads: Pick<OpenedDatabase, 'reader' | 'heavyReads'>
  readonly vault: Vault
  readonly audit: AuditStore
  readonly usage: UsageStore
  readonly gateway: RunningGateway
  /** Asks providers whether connections work. */
  readonly probe: ConnectionProbe
  /** Where providers may be. */
  readonly addresses: UpstreamAddressPolicy
  readonly signIn: SignIn
  readonly hasher: PasswordHasher
  /** Origins besides the server's own that may send changes, e.g. `https://console.example.com`. */
  readonly allowedOrigins: ReadonlySet<string>
  readonly clock: Clock
  readonly log: Log
}
