import type { Resource, Target } from '../catalog/snapshot.ts'
import { GatewayError } from '../errors.ts'

/** The targets of a request in the order in which they are tried: the primary, then the fallbacks. */
export function route(resource: Resource): readonly Target[] {
  if (resource.targets.length === 0) {
    throw new GatewayError('unavailable', `No target of '${resource.name}' is enabled`)
  }
  return resource.targets
}
