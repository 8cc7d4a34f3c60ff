import { randomBytes } from 'node:crypto'
import type { Vault } from '@vm-x/gateway'
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'

/**
 * 256 random bits, as text, that all replicas share under `name`: made by the first that asks, sealed by the vault.
 * Throws `VaultError` when the vault can't open what is stored.
 */
export async function installationSecret(db: Kysely<Database>, vault: Vault, name: string): Promise<string> {
  const context = { installation: name }
  const stored = () => db.selectFrom('installation_secret').select('sealed').where('name', '=', name).executeTakeFirst()
  const found = await stored()
  if (found) return await vault.open(found.sealed, context)
  const sealed = await vault.seal(randomBytes(SECRET_BYTES).toString('base64url'), context)
  await db
    .insertInto('installation_secret')
    .values({ name, sealed })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
  // Another replica may have been first, and its secret is the one that counts.
  return await vault.open((await stored())?.sealed ?? sealed, context)
}

const SECRET_BYTES = 32
