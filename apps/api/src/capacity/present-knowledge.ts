import type { CapacityLimit, CapacityView, EstimateErrorView } from '@vm-x/contract'
import type { CapacityLevel, EnvironmentKnowledge, EstimateError } from '@vm-x/gateway'

type Owner = CapacityLimit['owner']

/**
 * What was learned in an environment, as the API shows it.
 * @param ownerOf undefined for what whoever asks may not see, or what has been deleted just now
 */
export function presentKnowledge(
  { error, resources, targets }: EnvironmentKnowledge,
  environmentId: string,
  ownerOf: (owner: Pick<CapacityLevel, 'owner' | 'ownerId' | 'model'>) => Owner | undefined,
  nowMs: number,
): Pick<CapacityView, 'estimates' | 'discovered' | 'held'> {
  const environment = ownerOf({ owner: 'environment', ownerId: environmentId })
  const view: Pick<CapacityView, 'estimates' | 'discovered' | 'held'> = { estimates: [], discovered: [], held: [] }
  if (environment && error) view.estimates.push(presentError(environment, error))
  for (const { id, error } of resources) {
    const owner = ownerOf({ owner: 'resource', ownerId: id })
    if (owner) view.estimates.push(presentError(owner, error))
  }
  for (const { connectionId, model, error, discovered, heldForMs } of targets) {
    const owner = ownerOf({ owner: 'connection model', ownerId: connectionId, model })
    if (!owner) continue
    if (error) view.estimates.push(presentError(owner, error))
    if (discovered) {
      const { requests, tokens, atMs, enforced } = discovered
      view.discovered.push({
        owner,
        ...(requests !== undefined && { requests }),
        ...(tokens !== undefined && { tokens }),
        at: new Date(atMs).toISOString(),
        enforced,
      })
    }
    if (heldForMs !== undefined) view.held.push({ owner, until: new Date(nowMs + heldForMs).toISOString() })
  }
  return view
}

const presentError = (owner: Owner, { sinceMs, ...error }: EstimateError): EstimateErrorView => ({
  owner,
  since: new Date(sinceMs).toISOString(),
  ...error,
})
