import { Module } from '@nestjs/common'
import { ApiKeyModule } from '../api-key/api-key.module.ts'
import { AiResourceController } from './ai-resource.controller.ts'
import { AiResourceService } from './ai-resource.service.ts'
import { ChatController } from './chat.controller.ts'
import { DryRunService } from './dry-run.service.ts'

@Module({
  imports: [ApiKeyModule],
  controllers: [AiResourceController, ChatController],
  providers: [AiResourceService, DryRunService],
  exports: [AiResourceService],
})
export class AiResourceModule {}
