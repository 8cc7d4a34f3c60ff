import { createConnectionProbe, type Log, type ProviderParts, type RunningGateway, systemClock } from '@vm-x/gateway'
import type { Storage } from '@vm-x/storage'
import type { PasswordHasher } from './auth/password-hasher.ts'
import { SignIn } from './auth/sign-in.ts'
import { Changes } from './change/changes.ts'
import type { Config } from './config.ts'
import type { ManagementParts } from './management.module.ts'

type ManagedParts = {
  readonly config: Config
  readonly storage: Storage
  readonly gateway: RunningGateway
  readonly providerParts: ProviderParts
  readonly hasher: PasswordHasher
  readonly log: Log
}

/** What the management API works with. */
export async function managementParts({
  config,
  storage,
  gateway,
  providerParts,
  hasher,
  log,
}: ManagedParts): Promise<ManagementParts> {
  const { database, vault, audit, usage, cache } = storage
  const { db } = database
  const signIn = await SignIn.open({ db, vault, hasher, clock: systemClock, log, cache })
  return {
    management: {
      db,
      reads: database,
      vault,
      audit,
      usage,
      gateway,
      probe: createConnectionProbe(providerParts),
      addresses: providerParts.policy,
      signIn,
      hasher,
      allowedOrigins: new Set(config.allowedOrigins),
      clock: systemClock,
      log,
    },
    changes: new Changes({
      db,
      refresh: (environmentIds) => {
        storage.announcements?.announce()
        return gateway.refresh(environmentIds)
      },
      sessionsChanged: (userId) => signIn.sessionsChanged(userId),
      log,
    }),
  }
}
