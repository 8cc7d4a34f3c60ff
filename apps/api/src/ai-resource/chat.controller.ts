import { Controller, Inject, Req, Res } from '@nestjs/common'
import { aiResourceRoutes as routes } from '@vm-x/contract'
import { chatAs } from '@vm-x/gateway'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Call, environmentOf, param, userOf } from '../http/call.ts'
import { Handle, Input } from '../http/handle.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { AiResourceService } from './ai-resource.service.ts'

@Controller()
export class ChatController {
  constructor(
    @Inject(MANAGEMENT) private readonly management: Management,
    @Inject(AiResourceService) private readonly resources: AiResourceService,
  ) {}

  /** The gateway writes the answer: from there on refusals are in the form of the OpenAI API, too. */
  @Handle(routes.chatWithAiResource)
  async chat(
    @Input() call: Call<typeof routes.chatWithAiResource>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { gateway, log } = this.management
    const context = environmentOf(call)
    const resource = await this.resources.get(context, param(call, 'aiResourceId'))
    const user = { kind: 'user', id: userOf(call).id, ...context } as const
    const body = Buffer.from(JSON.stringify(call.body))
    await chatAs({ gateway, maxBodyBytes: body.length, log }, request, reply, { user, resource, body })
  }
}
