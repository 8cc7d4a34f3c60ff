import { Module } from '@nestjs/common'
import { EnvironmentModule } from '../environment/environment.module.ts'
import { MemberService } from './member.service.ts'
import { WorkspaceController } from './workspace.controller.ts'
import { WorkspaceService } from './workspace.service.ts'

@Module({
  imports: [EnvironmentModule],
  controllers: [WorkspaceController],
  providers: [WorkspaceService, MemberService],
  exports: [WorkspaceService, MemberService],
})
export class WorkspaceModule {}
