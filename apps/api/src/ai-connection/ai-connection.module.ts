import { Module } from '@nestjs/common'
import { AiConnectionController } from './ai-connection.controller.ts'
import { AiConnectionService } from './ai-connection.service.ts'
import { ConnectionTrials } from './connection-trials.ts'
import { ProviderController } from './provider.controller.ts'

@Module({
  controllers: [ProviderController, AiConnectionController],
  providers: [AiConnectionService, ConnectionTrials],
  exports: [AiConnectionService],
})
export class AiConnectionModule {}
