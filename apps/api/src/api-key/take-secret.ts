import type { StoredApiKey } from '@vm-x/gateway'
import type { Change } from '../change/changes.ts'
import { invalidFields } from '../http/problem.ts'

type Taken = {
  /** The key that is to have it, where it is there already. */
  readonly except?: string
  readonly nowMs: number
}

/**
 * Operator-level: a secret tells the tenant, so no two keys may share one. What was the secret of another key, and works
 * no more, is forgotten there. Throws `invalid_fields`.
 */
export async function takeSecret(
  change: Change,
  { publicId, hash }: StoredApiKey,
  { except, nowMs }: Taken,
): Promise<void> {
  const others = await change.trx
    .selectFrom('api_key')
    .where((eb) => eb.or([eb('public_id', '=', publicId), eb('hash', '=', hash), eb('previous_hash', '=', hash)]))
    .where('id', 'is distinct from', except ?? null)
    .select(['id', 'environment_id', 'public_id', 'hash', 'previous_until'])
    .execute()
  for (const other of others) {
    const works = (other.previous_until?.getTime() ?? 0) > nowMs
    if (works || other.hash === hash || other.public_id === publicId)
      throw invalidFields([{ path: 'value', message: 'is in use as another API key' }])
    await change.trx
      .updateTable('api_key')
      .set({ previous_hash: null, previous_until: null })
      .where('id', '=', other.id)
      .execute()
    change.affects(other.environment_id)
  }
}
