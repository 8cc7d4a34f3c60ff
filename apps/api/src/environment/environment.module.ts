import { Module } from '@nestjs/common'
import { EnvironmentController } from './environment.controller.ts'
import { EnvironmentService } from './environment.service.ts'

@Module({ controllers: [EnvironmentController], providers: [EnvironmentService], exports: [EnvironmentService] })
export class EnvironmentModule {}
