import { aiConnectionRoutes } from './ai-connection.ts'
import { aiResourceRoutes } from './ai-resource-routes.ts'
import { apiKeyRoutes } from './api-key.ts'
import { auditRoutes } from './audit.ts'
import { auditEventRoutes } from './audit-event.ts'
import { authRoutes } from './auth.ts'
import { capacityRoutes } from './capacity.ts'
import { environmentRoutes } from './environment.ts'
import { prioritizationRoutes } from './prioritization.ts'
import { providerRoutes } from './provider.ts'
import { roleRoutes } from './role.ts'
import type { Route } from './route.ts'
import { usageRoutes } from './usage.ts'
import { userRoutes } from './user.ts'
import { workspaceRoutes } from './workspace.ts'

/** Every operation of the management API, in the order in which the reference shows them. */
export const managementRoutes: readonly Route[] = [
  ...Object.values(authRoutes),
  ...Object.values(userRoutes),
  ...Object.values(roleRoutes),
  ...Object.values(workspaceRoutes),
  ...Object.values(environmentRoutes),
  ...Object.values(providerRoutes),
  ...Object.values(aiConnectionRoutes),
  ...Object.values(aiResourceRoutes),
  ...Object.values(apiKeyRoutes),
  ...Object.values(prioritizationRoutes),
  ...Object.values(capacityRoutes),
  ...Object.values(auditRoutes),
  ...Object.values(usageRoutes),
  ...Object.values(auditEventRoutes),
]
