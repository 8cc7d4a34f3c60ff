import { managementRoutes } from '@vm-x/contract'

/** Every permission that a route asks for. */
export const knownPermissions = managementRoutes.flatMap(({ access }) =>
  access.kind === 'permission' ? [{ action: access.action, on: access.on, owner: access.owner }] : [],
)
