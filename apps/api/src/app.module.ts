import { type DynamicModule, Module } from '@nestjs/common'
import { HealthController } from './health/health.controller.ts'
import { HEALTH, type Health } from './health/health.ts'

/** The control plane. The data plane is a Fastify plugin beside it. */
@Module({})
export class AppModule {
  static of(health: Health): DynamicModule {
    return { module: AppModule, controllers: [HealthController], providers: [{ provide: HEALTH, useValue: health }] }
  }
}
