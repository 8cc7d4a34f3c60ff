import { environmentRoutes } from './environment.ts'
import type { Route } from './route.ts'
import { workspaceRoutes } from './workspace.ts'

/** Every operation of the management API, in the order in which the reference shows them. */
export const managementRoutes: readonly Route[] = [
  ...Object.values(workspaceRoutes),
  ...Object.values(environmentRoutes),
]
