import { type DynamicModule, Global, Module } from '@nestjs/common'
import { AiConnectionModule } from './ai-connection/ai-connection.module.ts'
import { AiResourceModule } from './ai-resource/ai-resource.module.ts'
import { ApiKeyModule } from './api-key/api-key.module.ts'
import { AuditModule } from './audit/audit.module.ts'
import { AuditEventModule } from './audit-event/audit-event.module.ts'
import { AuthModule } from './auth/auth.module.ts'
import { CapacityModule } from './capacity/capacity.module.ts'
import { Changes } from './change/changes.ts'
import { EnvironmentModule } from './environment/environment.module.ts'
import { MANAGEMENT, type Management } from './http/management.ts'
import { PrioritizationModule } from './prioritization/prioritization.module.ts'
import { RoleModule } from './role/role.module.ts'
import { UsageModule } from './usage/usage.module.ts'
import { UserModule } from './user/user.module.ts'
import { WorkspaceModule } from './workspace/workspace.module.ts'

/** What the features of the management API are made from. */
export type ManagementParts = { readonly management: Management; readonly changes: Changes }

/** The management API: one module for each thing that people manage. */
@Global()
@Module({})
export class ManagementModule {
  static of({ management, changes }: ManagementParts): DynamicModule {
    const shared = [
      { provide: MANAGEMENT, useValue: management },
      { provide: Changes, useValue: changes },
    ]
    return {
      module: ManagementModule,
      imports: [
        AuthModule,
        UserModule,
        RoleModule,
        WorkspaceModule,
        EnvironmentModule,
        AiConnectionModule,
        AiResourceModule,
        ApiKeyModule,
        PrioritizationModule,
        CapacityModule,
        AuditModule,
        UsageModule,
        AuditEventModule,
      ],
      providers: shared,
      exports: shared,
    }
  }
}
