import { Controller, Inject } from '@nestjs/common'
import { aiResourceRoutes as routes } from '@vm-x/contract'
import { Changes } from '../change/changes.ts'
import { type Call, environmentOf, param } from '../http/call.ts'
import { Handle, Input } from '../http/handle.ts'
import { AiResourceService } from './ai-resource.service.ts'
import { type Asker, DryRunService } from './dry-run.service.ts'

const idOf = (call: Pick<Call, 'params'>) => param(call, 'aiResourceId')
const revisionOf = (call: Pick<Call, 'params'>) => param(call, 'revisionId')

@Controller()
export class AiResourceController {
  constructor(
    @Inject(Changes) private readonly changes: Changes,
    @Inject(AiResourceService) private readonly resources: AiResourceService,
    @Inject(DryRunService) private readonly dryRuns: DryRunService,
  ) {}

  @Handle(routes.listAiResources)
  list(@Input() call: Call<typeof routes.listAiResources>) {
    return this.resources.list(environmentOf(call), call.policy, call.query)
  }

  @Handle(routes.createAiResource)
  create(@Input() call: Call<typeof routes.createAiResource>) {
    return this.changes.run(call.author, (change) => this.resources.create(change, environmentOf(call), call.body))
  }

  @Handle(routes.getAiResource)
  get(@Input() call: Call<typeof routes.getAiResource>) {
    return this.resources.get(environmentOf(call), idOf(call))
  }

  @Handle(routes.updateAiResource)
  update(@Input() call: Call<typeof routes.updateAiResource>) {
    return this.changes.run(call.author, (change) =>
      this.resources.update(change, environmentOf(call), idOf(call), call.version, call.body),
    )
  }

  @Handle(routes.deleteAiResource)
  remove(@Input() call: Call<typeof routes.deleteAiResource>) {
    return this.changes.run(call.author, (change) =>
      this.resources.remove(change, environmentOf(call), idOf(call), call.version),
    )
  }

  @Handle(routes.listAiResourceRevisions)
  revisions(@Input() call: Call<typeof routes.listAiResourceRevisions>) {
    return this.resources.revisions(environmentOf(call), idOf(call), call.query)
  }

  @Handle(routes.getAiResourceRevision)
  revision(@Input() call: Call<typeof routes.getAiResourceRevision>) {
    return this.resources.revision(environmentOf(call), idOf(call), revisionOf(call))
  }

  @Handle(routes.restoreAiResourceRevision)
  restore(@Input() call: Call<typeof routes.restoreAiResourceRevision>) {
    return this.changes.run(call.author, (change) =>
      this.resources.restore(change, environmentOf(call), idOf(call), call.version, revisionOf(call)),
    )
  }

  @Handle(routes.routeNewAiResource)
  routeNew(@Input() call: Call<typeof routes.routeNewAiResource>) {
    return this.dryRuns.explainNew(environmentOf(call), call.body, askerOf(call))
  }

  @Handle(routes.routeAiResource)
  route(@Input() call: Call<typeof routes.routeAiResource>) {
    return this.dryRuns.explain(environmentOf(call), idOf(call), call.body, askerOf(call))
  }
}

const askerOf = ({ policy, author }: Pick<Call, 'policy' | 'author'>): Asker => ({
  policy,
  sourceAddress: author.sourceAddress,
})
