import { type DynamicModule, Module } from '@nestjs/common'
import { HealthModule } from './health/health.module.ts'
import type { Health } from './health/health.ts'
import { ManagementModule, type ManagementParts } from './management.module.ts'

/** The control plane. The data plane is a Fastify plugin beside it. */
@Module({})
export class AppModule {
  static of(health: Health, management: ManagementParts): DynamicModule {
    return { module: AppModule, imports: [HealthModule.of(health), ManagementModule.of(management)] }
  }
}
