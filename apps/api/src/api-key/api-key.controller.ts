import { Controller, Inject } from '@nestjs/common'
import { apiKeyRoutes as routes } from '@vm-x/contract'
import { Changes } from '../change/changes.ts'
import { type Call, environmentOf, param } from '../http/call.ts'
import { Handle, Input } from '../http/handle.ts'
import { ApiKeyService } from './api-key.service.ts'
import type { ConfiguredKey } from './present-api-key.ts'

const idOf = (call: Pick<Call, 'params'>) => param(call, 'apiKeyId')

@Controller()
export class ApiKeyController {
  constructor(
    @Inject(Changes) private readonly changes: Changes,
    @Inject(ApiKeyService) private readonly keys: ApiKeyService,
  ) {}

  @Handle(routes.listApiKeys)
  list(@Input() call: Call<typeof routes.listApiKeys>) {
    return this.keys.list(environmentOf(call), call.policy, call.query)
  }

  @Handle(routes.createApiKey)
  async create(@Input() call: Call<typeof routes.createApiKey>) {
    const created = await this.changes.run(call.author, (change) =>
      this.keys.create(change, environmentOf(call), call.body),
    )
    return { ...created, lastUsedAt: null }
  }

  @Handle(routes.getApiKey)
  get(@Input() call: Call<typeof routes.getApiKey>) {
    return this.keys.get(environmentOf(call), idOf(call))
  }

  @Handle(routes.updateApiKey)
  async update(@Input() call: Call<typeof routes.updateApiKey>) {
    const updated = await this.changes.run(call.author, (change) =>
      this.keys.update(change, environmentOf(call), idOf(call), call.version, call.body),
    )
    return this.#withUse(call, updated)
  }

  @Handle(routes.rotateApiKey)
  async rotate(@Input() call: Call<typeof routes.rotateApiKey>) {
    const { version, body } = call
    const rotated = await this.changes.run(call.author, (change) =>
      this.keys.rotate(change, environmentOf(call), idOf(call), { version, ...body }),
    )
    return this.#withUse(call, rotated)
  }

  @Handle(routes.deleteApiKey)
  remove(@Input() call: Call<typeof routes.deleteApiKey>) {
    return this.changes.run(call.author, (change) =>
      this.keys.remove(change, environmentOf(call), idOf(call), call.version),
    )
  }

  /** After the change: usage is not read within it. */
  async #withUse(call: Pick<Call, 'params'>, key: ConfiguredKey) {
    const [answer] = await this.keys.withUse(environmentOf(call), [key])
    return answer
  }
}
