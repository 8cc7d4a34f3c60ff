import type { StoredApiKey } from '@vm-x/gateway'
import { type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import { sql } from 'kysely'
import type { Change } from '../change/changes.ts'
import { invalidFields, Problem } from '../http/problem.ts'

/** Throws `name_taken`. */
export async function requireFreeName(
  change: Change,
  context: EnvironmentContext,
  name: string,
  except?: string,
): Promise<void> {
  const other = await inEnvironment(change.trx, context)
    .selectFrom('api_key')
    .where(sql`lower(name)`, '=', name.toLowerCase())
    .where('id', 'is distinct from', except ?? null)
    .select('id')
    .executeTakeFirst()
  if (other) throw new Problem('name_taken', `Another API key of the environment is called "${name}"`)
}

/** Operator-level: a secret tells the tenant, so no two keys may share one. Throws `invalid_fields`. */
export async function requireUnusedSecret(
  change: Change,
  { publicId, hash }: StoredApiKey,
  except?: string,
): Promise<void> {
  const other = await change.trx
    .selectFrom('api_key')
    .where((eb) => eb.or([eb('public_id', '=', publicId), eb('hash', '=', hash), eb('previous_hash', '=', hash)]))
    .where('id', 'is distinct from', except ?? null)
    .select('id')
    .executeTakeFirst()
  if (other) throw invalidFields([{ path: 'value', message: 'is in use as another API key' }])
}
