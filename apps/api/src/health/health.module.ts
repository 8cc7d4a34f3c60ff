import { type DynamicModule, Module } from '@nestjs/common'
import { HealthController } from './health.controller.ts'
import { HEALTH, type Health } from './health.ts'

@Module({})
export class HealthModule {
  static of(health: Health): DynamicModule {
    return {
      module: HealthModule,
      controllers: [HealthController],
      providers: [{ provide: HEALTH, useValue: health }],
    }
  }
}
