import { Module } from '@nestjs/common'
import { UsageController } from './usage.controller.ts'

@Module({ controllers: [UsageController] })
export class UsageModule {}
