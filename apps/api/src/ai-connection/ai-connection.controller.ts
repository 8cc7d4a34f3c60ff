import { Controller, Inject } from '@nestjs/common'
import { aiConnectionRoutes as routes } from '@vm-x/contract'
import { Changes } from '../change/changes.ts'
import { AtOnce } from '../http/at-once.ts'
import { type Call, environmentOf, param } from '../http/call.ts'
import { Handle, Input } from '../http/handle.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { AiConnectionService } from './ai-connection.service.ts'
import { ConnectionTrials } from './connection-trials.ts'
import { usesOf } from './uses-of.ts'

@Controller()
export class AiConnectionController {
  /** Each looks at every resource of the environment. */
  readonly #looking = new AtOnce(8, 'questions of what uses a connection are being answered')

  constructor(
    @Inject(MANAGEMENT) private readonly management: Pick<Management, 'db'>,
    @Inject(Changes) private readonly changes: Changes,
    @Inject(AiConnectionService) private readonly connections: AiConnectionService,
    @Inject(ConnectionTrials) private readonly trials: ConnectionTrials,
  ) {}

  @Handle(routes.listAiConnections)
  list(@Input() call: Call<typeof routes.listAiConnections>) {
    return this.connections.list(environmentOf(call), call.policy, call.query)
  }

  @Handle(routes.createAiConnection)
  create(@Input() call: Call<typeof routes.createAiConnection>) {
    return this.changes.run(call.author, (change) => this.connections.create(change, environmentOf(call), call.body))
  }

  @Handle(routes.testNewAiConnection)
  testNew(@Input() call: Call<typeof routes.testNewAiConnection>) {
    return this.trials.testNew(call.author, environmentOf(call), call.body)
  }

  @Handle(routes.getAiConnection)
  get(@Input() call: Call<typeof routes.getAiConnection>) {
    return this.connections.get(environmentOf(call), idOf(call))
  }

  @Handle(routes.updateAiConnection)
  update(@Input() call: Call<typeof routes.updateAiConnection>) {
    return this.changes.run(call.author, (change) =>
      this.connections.update(change, environmentOf(call), idOf(call), call.version, call.body),
    )
  }

  @Handle(routes.deleteAiConnection)
  remove(@Input() call: Call<typeof routes.deleteAiConnection>) {
    return this.changes.run(call.author, (change) =>
      this.connections.remove(change, environmentOf(call), idOf(call), call.version, call.query.cascade),
    )
  }

  @Handle(routes.testAiConnection)
  test(@Input() call: Call<typeof routes.testAiConnection>) {
    return this.trials.test(call.author, environmentOf(call), idOf(call), call.body.model)
  }

  @Handle(routes.listAiConnectionModels)
  models(@Input() call: Call<typeof routes.listAiConnectionModels>) {
    return this.trials.models(environmentOf(call), idOf(call))
  }

  @Handle(routes.listAiConnectionUses)
  async uses(@Input() call: Call<typeof routes.listAiConnectionUses>) {
    const context = environmentOf(call)
    const connection = await this.connections.get(context, idOf(call))
    const reading = { trx: this.management.db }
    return { items: await this.#looking.run(() => usesOf(reading, context, call.policy, connection)) }
  }
}

const idOf = (call: Pick<Call, 'params'>) => param(call, 'aiConnectionId')
