import type { ApiKeyPatch } from '@vm-x/contract'
import { normalisedRange } from '@vm-x/gateway'
import type { EnvironmentContext } from '@vm-x/storage'
import { connectionsIn } from '../ai-connection/connections-in.ts'
import { resourcesIn } from '../ai-resource/resources-in.ts'
import type { Change } from '../change/changes.ts'
import type { FieldError } from '../http/problem.ts'

/** Everything that is wrong with these fields of a key in the environment, each by its path; empty when nothing is. */
export async function keyFaults(
  change: Change,
  context: EnvironmentContext,
  { resources, connections = [], allowedCidrs }: Pick<ApiKeyPatch, 'resources' | 'connections' | 'allowedCidrs'>,
): Promise<FieldError[]> {
  const named = resources === 'all' ? [] : (resources ?? [])
  return [
    ...(named.length > 0 ? missing('resources', 'resource', named, await resourcesIn(change.trx, context)) : []),
    ...(connections.length > 0
      ? missing('connections', 'connection', connections, await connectionsIn(change.trx, context))
      : []),
    ...(allowedCidrs ?? []).flatMap((text, index) =>
      normalisedRange(text) === undefined
        ? [{ path: `allowedCidrs[${index}]`, message: 'is no address or range of IPv4 or IPv6, e.g. 10.0.0.0/8' }]
        : [],
    ),
  ]
}

/** Each address and range once, in one spelling; what is none was refused before. */
export const normalisedRanges = (texts: readonly string[]): string[] => [
  ...new Set(texts.map(normalisedRange).filter((text) => text !== undefined)),
]

function missing(
  field: string,
  kind: string,
  ids: readonly string[],
  existing: readonly { readonly id: string }[],
): FieldError[] {
  const known = new Set(existing.map(({ id }) => id))
  return ids.flatMap((id, index) =>
    known.has(id) ? [] : [{ path: `${field}[${index}]`, message: `the environment has no such ${kind}` }],
  )
}
