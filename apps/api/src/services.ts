import type { INestApplicationContext } from '@nestjs/common'
import { AiConnectionService } from './ai-connection/ai-connection.service.ts'
import { AiResourceService } from './ai-resource/ai-resource.service.ts'
import { ApiKeyService } from './api-key/api-key.service.ts'
import { EnvironmentService } from './environment/environment.service.ts'
import { RoleService } from './role/role.service.ts'
import { UserService } from './user/user.service.ts'
import { MemberService } from './workspace/member.service.ts'
import { WorkspaceService } from './workspace/workspace.service.ts'

export type Services = ReturnType<typeof servicesOf>

/** The services of the management API, for what changes things without a request: the start, and the operator's commands. */
export const servicesOf = (app: INestApplicationContext) => ({
  users: app.get(UserService),
  roles: app.get(RoleService),
  workspaces: app.get(WorkspaceService),
  members: app.get(MemberService),
  environments: app.get(EnvironmentService),
  connections: app.get(AiConnectionService),
  resources: app.get(AiResourceService),
  apiKeys: app.get(ApiKeyService),
})
