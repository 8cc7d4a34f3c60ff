import { Module } from '@nestjs/common'
import { WorkspaceModule } from '../workspace/workspace.module.ts'
import { UserController } from './user.controller.ts'
import { UserService } from './user.service.ts'
import { UserAccessService } from './user-access.service.ts'

@Module({
  imports: [WorkspaceModule],
  controllers: [UserController],
  providers: [UserService, UserAccessService],
  exports: [UserService],
})
export class UserModule {}
