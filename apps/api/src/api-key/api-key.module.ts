import { Module } from '@nestjs/common'
import { ApiKeyController } from './api-key.controller.ts'
import { ApiKeyService } from './api-key.service.ts'

@Module({ controllers: [ApiKeyController], providers: [ApiKeyService], exports: [ApiKeyService] })
export class ApiKeyModule {}
