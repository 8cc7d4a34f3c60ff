import { Module } from '@nestjs/common'
import { EnvironmentModule } from '../environment/environment.module.ts'
import { WorkspaceModule } from '../workspace/workspace.module.ts'
import { CapacityController } from './capacity.controller.ts'
import { CapacityService } from './capacity.service.ts'

@Module({
  imports: [WorkspaceModule, EnvironmentModule],
  controllers: [CapacityController],
  providers: [CapacityService],
})
export class CapacityModule {}
