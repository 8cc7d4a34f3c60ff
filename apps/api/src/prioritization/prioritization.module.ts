import { Module } from '@nestjs/common'
import { EnvironmentModule } from '../environment/environment.module.ts'
import { PrioritizationController } from './prioritization.controller.ts'
import { PrioritizationService } from './prioritization.service.ts'

@Module({
  imports: [EnvironmentModule],
  controllers: [PrioritizationController],
  providers: [PrioritizationService],
  exports: [PrioritizationService],
})
export class PrioritizationModule {}
