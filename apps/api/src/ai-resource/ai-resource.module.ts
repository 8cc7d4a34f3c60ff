import { Module } from '@nestjs/common'
import { AiResourceController } from './ai-resource.controller.ts'
import { AiResourceService } from './ai-resource.service.ts'
import { ChatController } from './chat.controller.ts'

@Module({
  controllers: [AiResourceController, ChatController],
  providers: [AiResourceService],
  exports: [AiResourceService],
})
export class AiResourceModule {}
