import type { Database } from '@vm-x/storage'
import { type Kysely, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'

/** What a user signs in with. */
export type Credential = {
  readonly userId: string
  readonly email: string
  readonly name: string
  readonly state: Database['user']['state']
  /** Null for who has no password. */
  readonly hash: string | null
}

/** By id or by e-mail address in lower case. */
export async function findCredential(
  db: Kysely<Database>,
  who: { readonly userId: string } | { readonly email: string },
): Promise<Credential | undefined> {
  return await db
    .selectFrom('user as u')
    .leftJoin('user_credential as c', (join) => join.onRef('c.user_id', '=', 'u.id').on('c.provider_id', '=', PASSWORD))
    .select(['u.id as userId', 'u.email', 'u.name', 'u.state', 'c.password as hash'])
    .$call((query) => ('email' in who ? query.where('u.email', '=', who.email) : query.where('u.id', '=', who.userId)))
    .executeTakeFirst()
}

/**
 * Gives a user, new or not, this password and signs them out everywhere. `hash` is made before the transaction begins:
 * making it takes long.
 */
export async function savePassword(trx: Transaction<Database>, userId: string, hash: string): Promise<void> {
  await endSessions(trx, userId)
  await trx
    .insertInto('user_credential')
    .values({ id: uuidv7(), user_id: userId, account_id: userId, provider_id: PASSWORD, password: hash })
    .onConflict((conflict) =>
      conflict.columns(['provider_id', 'account_id']).doUpdateSet({ password: hash, updated_at: sql<Date>`now()` }),
    )
    .execute()
}

/**
 * For users who change theirs: as {@link savePassword}, and none has to be changed any more. False, and nothing has
 * changed, when the password is not `from` any longer or the user is disabled.
 */
export async function replacePassword(
  trx: Transaction<Database>,
  userId: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<boolean> {
  await lockOutSignIns(trx, userId)
  const now = await findCredential(trx, { userId })
  if (now?.hash !== from || now.state === 'disabled') return false
  await savePassword(trx, userId, to)
  await trx
    .updateTable('user')
    .set({ state: 'active', updated_by: userId, updated_at: sql<Date>`now()`, version: sql<number>`version + 1` })
    .where('id', '=', userId)
    .where('state', '=', 'must_change_password')
    .execute()
  return true
}

/** Signs a user out everywhere. In the transaction of what is the reason for it, before that is changed. */
export async function endSessions(trx: Transaction<Database>, userId: string): Promise<void> {
  await lockOutSignIns(trx, userId)
  await trx.deleteFrom('user_session').where('user_id', '=', userId).execute()
}

/**
 * A new session takes a share of this lock, by its foreign key, and looks at the user once more when it has it. So none
 * that was begun before the change survives it.
 */
const lockOutSignIns = (trx: Transaction<Database>, userId: string) =>
  trx.selectFrom('user').select('id').where('id', '=', userId).forUpdate().execute()

/** The library's name for credentials that are passwords. */
const PASSWORD = 'credential'
