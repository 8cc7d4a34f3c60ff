import { Module } from '@nestjs/common'
import { AuditController } from './audit.controller.ts'
import { AuditService } from './audit.service.ts'
import { AuditStreamController } from './audit-stream.controller.ts'
import { ExportService } from './export.service.ts'
import { TailService } from './tail.service.ts'

@Module({
  controllers: [AuditController, AuditStreamController],
  providers: [AuditService, ExportService, TailService],
})
export class AuditModule {}
