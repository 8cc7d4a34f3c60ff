import { Module } from '@nestjs/common'
import { RoleController } from './role.controller.ts'
import { RoleService } from './role.service.ts'

@Module({ controllers: [RoleController], providers: [RoleService], exports: [RoleService] })
export class RoleModule {}
