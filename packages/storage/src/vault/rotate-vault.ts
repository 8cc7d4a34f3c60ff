import type { Vault, VaultContext } from '@vm-x/gateway'
import { type Kysely, sql, type Transaction } from 'kysely'
import { recordChange } from '../changes/record-change.ts'
import type { Database } from '../db/schema.ts'

/**
 * Makes a new vault key and seals every stored secret with it, in one transaction; operator-level. Answers how many.
 * When it fails the secrets stay as they were, and still open.
 */
export async function rotateVault(
  db: Kysely<Database>,
  vault: Vault,
  actor: string,
): Promise<{ keyId: string; resealed: number }> {
  const keyId = await vault.rotate()
  const resealed = await db.transaction().execute(async (trx) => {
    const environmentIds = await resealConnections(trx, vault, actor)
    const secrets = await resealInstallationSecrets(trx, vault)
    await recordChange(trx, environmentIds)
    return environmentIds.length + secrets
  })
  return { keyId, resealed }
}

/** Answers the environment of each. */
async function resealConnections(trx: Transaction<Database>, vault: Vault, actor: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('ai_connection')
    .select(['id', 'workspace_id as workspaceId', 'environment_id as environmentId', 'sealed_api_key as sealed'])
    .where('sealed_api_key', 'is not', null)
    .forUpdate()
    .execute()
  for (const { id, workspaceId, environmentId, sealed } of rows) {
    if (sealed === null) continue
    await trx
      .updateTable('ai_connection')
      .set({
        sealed_api_key: await reseal(vault, sealed, { workspaceId, environmentId, connectionId: id }),
        updated_by: actor,
        updated_at: sql<Date>`now()`,
        version: sql<number>`version + 1`,
      })
      .where('id', '=', id)
      .execute()
  }
  return rows.map(({ environmentId }) => environmentId)
}

async function resealInstallationSecrets(trx: Transaction<Database>, vault: Vault): Promise<number> {
  const rows = await trx.selectFrom('installation_secret').select(['name', 'sealed']).forUpdate().execute()
  for (const { name, sealed } of rows) {
    await trx
      .updateTable('installation_secret')
      .set({ sealed: await reseal(vault, sealed, { installation: name }) })
      .where('name', '=', name)
      .execute()
  }
  return rows.length
}

const reseal = async (vault: Vault, sealed: string, context: VaultContext) =>
  vault.seal(await vault.open(sealed, context), context)
