import { Inject, Injectable } from '@nestjs/common'
import type { CapacityLimit, CapacityView, Policy } from '@vm-x/contract'
import type { CapacityLevel } from '@vm-x/gateway'
import type { EnvironmentContext } from '@vm-x/storage'
import { connectionsIn } from '../ai-connection/connections-in.ts'
import { resourcesIn } from '../ai-resource/resources-in.ts'
import { limitedKeys } from '../api-key/limited-keys.ts'
import { EnvironmentService } from '../environment/environment.service.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { WorkspaceService } from '../workspace/workspace.service.ts'
import { presentKnowledge } from './present-knowledge.ts'

/** Who asks: a member of the workspace, and what they may see. */
export type Viewer = { readonly userId: string; readonly policy: Policy }

@Injectable()
export class CapacityService {
  constructor(
    @Inject(MANAGEMENT) private readonly management: Management,
    @Inject(WorkspaceService) private readonly workspaces: WorkspaceService,
    @Inject(EnvironmentService) private readonly environments: EnvironmentService,
  ) {}

  /** Throws `unavailable` when the request path can't read its configuration, or what is used, now. */
  async view(context: EnvironmentContext, { userId, policy }: Viewer): Promise<CapacityView> {
    const { db, gateway, clock } = this.management
    const keys = await limitedKeys(db, context, MOST_KEYS + 1)
    const shown = keys.slice(0, MOST_KEYS)
    const names = new Map(
      [
        await this.workspaces.get(context, userId),
        await this.environments.get(context),
        ...(await resourcesIn(db, context)),
        ...(await connectionsIn(db, context)),
        ...shown,
      ].map(({ id, name }) => [id, name]),
    )
    // Before the limits, to which it may add some that another replica was told.
    const known = await gateway.knowledgeOf(context.environmentId)
    const levels = await gateway.capacityOf(context.environmentId, shown)
    const limits = levels.flatMap((level): CapacityLimit[] => {
      const name = names.get(level.ownerId)
      // Without a name it has been deleted just now.
      if (name === undefined || !mayGet(policy, context, level)) return []
      return [limitOf(level, name)]
    })
    const nowMs = clock.now()
    const ownerOf = (owner: KnownOwner) => {
      const name = names.get(owner.ownerId)
      return name !== undefined && mayGet(policy, context, owner) ? presentOwner(owner, name) : undefined
    }
    return {
      at: new Date(nowMs).toISOString(),
      limits,
      ...presentKnowledge(known, context.environmentId, ownerOf, nowMs),
      truncated: keys.length > shown.length,
    }
  }
}

/** Each is looked up in what was used before, the first time that it is seen. */
const MOST_KEYS = 500

type KnownOwner = Pick<CapacityLevel, 'owner' | 'ownerId' | 'model'>

const KINDS = {
  workspace: 'workspace',
  environment: 'environment',
  resource: 'ai-resource',
  connection: 'ai-connection',
  'connection model': 'ai-connection',
  'api-key': 'api-key',
} as const satisfies Record<CapacityLevel['owner'], CapacityLimit['owner']['kind']>

function mayGet(policy: Policy, context: EnvironmentContext, { owner, ownerId }: KnownOwner): boolean {
  const kind = KINDS[owner]
  const workspace = `workspace:${context.workspaceId}`
  if (kind === 'workspace') return policy.allows('workspace:get', workspace)
  const environment = `${workspace}/environment:${context.environmentId}`
  if (kind === 'environment') return policy.allows('environment:get', environment)
  return policy.allows(`${kind}:get`, `${environment}/${kind}:${ownerId}`)
}

const presentOwner = ({ owner, ownerId, model }: KnownOwner, name: string): CapacityLimit['owner'] => ({
  kind: KINDS[owner],
  id: ownerId,
  name,
  ...(model !== undefined && { model }),
})

function limitOf({ owner, ownerId, model, resetsAtMs, ...level }: CapacityLevel, name: string): CapacityLimit {
  return {
    ...level,
    owner: presentOwner({ owner, ownerId, ...(model !== undefined && { model }) }, name),
    ...(resetsAtMs !== undefined && { resetsAt: new Date(resetsAtMs).toISOString() }),
  }
}
