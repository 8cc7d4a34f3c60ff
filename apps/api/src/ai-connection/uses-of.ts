import type { ConnectionUse, Policy } from '@vm-x/contract'
import type { EnvironmentContext } from '@vm-x/storage'
import { resourcesUsing } from '../ai-resource/resources-using.ts'
import { keysNaming } from '../api-key/keys-naming.ts'
import type { Reading } from '../change/changes.ts'
import { policyName } from './ai-connection.service.ts'

/** What uses the connection, as far as the policy lets it be seen: resources first, each kind oldest first. */
export async function usesOf(
  reading: Reading,
  context: EnvironmentContext,
  policy: Policy,
  connection: { readonly id: string; readonly name: string },
): Promise<ConnectionUse[]> {
  const resources = await resourcesUsing(reading, context, connection)
  const keys = await keysNaming(reading, context, connection.id)
  const uses = [
    ...resources.map(({ watches, ...use }) => use),
    ...keys.map(({ id, name }) => ({ kind: 'api-key' as const, id, name, models: [] })),
  ]
  return uses.filter(({ kind, id }) => policy.allows(`${kind}:get`, policyName(context, kind, id)))
}
