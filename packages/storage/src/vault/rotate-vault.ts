import type { Vault } from '@vm-x/gateway'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../db/schema.ts'

/**
 * Makes a new vault key and seals every stored credential with it, in one transaction; operator-level. Answers how
 * many. When it fails the credentials stay as they were, and still open.
 */
export async function rotateVault(
  db: Kysely<Database>,
  vault: Vault,
  actor: string,
): Promise<{ keyId: string; resealed: number }> {
  const keyId = await vault.rotate()
  const resealed = await db.transaction().execute(async (trx) => {
    const rows = await trx
      .selectFrom('ai_connection')
      .select(['id', 'workspace_id as workspaceId', 'environment_id as environmentId', 'sealed_api_key as sealed'])
      .where('sealed_api_key', 'is not', null)
      .forUpdate()
      .execute()
    for (const { id, workspaceId, environmentId, sealed } of rows) {
      if (sealed === null) continue
      const context = { workspaceId, environmentId, connectionId: id }
      await trx
        .updateTable('ai_connection')
        .set({
          sealed_api_key: await vault.seal(await vault.open(sealed, context), context),
          updated_by: actor,
          updated_at: sql<Date>`now()`,
          version: sql<number>`version + 1`,
        })
        .where('id', '=', id)
        .execute()
    }
    return rows.length
  })
  return { keyId, resealed }
}
