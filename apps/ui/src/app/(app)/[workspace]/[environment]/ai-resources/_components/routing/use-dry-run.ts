'use client'

import { useMutation, useQuery } from '@tanstack/react-query'
import { answerOf, api } from '@/client/api'
import { resourceQuery } from '@/client/queries'
import type { components } from '@/client/schema'
import { isSame } from '@/components/form/changed-fields'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import type { ResourceDraft } from './resource-draft'
import type { RoutingRule } from './routing-rule'
import { bodyOf, recordOf, refitted, type SampleRequest } from './sample-request'
import { useMayRoute } from './use-may-route'

type Answer = components['schemas']['RouteAnswer']

/** Where a request would go, with what was asked. */
export type DryRunResult = {
  readonly answer: Answer
  readonly asked: 'draft' | 'saved'
  readonly rules: readonly RoutingRule[]
  /** With filler that fits what was recorded. */
  readonly sample: SampleRequest
}

type Question = {
  readonly sample: SampleRequest
  /** What chance said before; empty: it says anew. */
  readonly draws: readonly number[]
  /** Tokens that filler shall come to. */
  readonly wantedTokens: number | undefined
}

const BASE = '/workspaces/{workspaceId}/environments/{environmentId}/ai-resources'

/** Asks where a sample would go: by the draft while it differs from what is saved, else by what is saved. */
export function useDryRun(resourceId: string | undefined, draft: () => ResourceDraft) {
  const { workspaceId, environmentId } = useEnvironmentPath()
  const path = { workspaceId, environmentId }
  const may = useMay()
  const mayRoute = useMayRoute(resourceId)
  const { data: saved } = useQuery({
    ...resourceQuery(path, resourceId ?? ''),
    enabled: resourceId !== undefined && may('getAiResource', { aiResourceId: resourceId }),
  })
  const isChanged = () =>
    Object.entries(draft()).some(([name, value]) => !isSame(value, saved && Reflect.get(saved, name)))
  const asksDraft = () => resourceId === undefined || (mayRoute.draft && isChanged())

  const ask = (sample: SampleRequest, draws: readonly number[], current: ResourceDraft | undefined) => {
    const question = {
      request: bodyOf(sample),
      headers: recordOf(sample.headers),
      ...(sample.apiKeyId !== '' && { apiKeyId: sample.apiKeyId }),
      draws: [...draws],
    }
    if (resourceId === undefined)
      return answerOf(api.POST(`${BASE}/route`, { params: { path }, body: { ...question, draft: current ?? draft() } }))
    const body = { ...question, ...(current && { draft: current }) }
    return answerOf(
      api.POST(`${BASE}/{aiResourceId}/route`, { params: { path: { ...path, aiResourceId: resourceId } }, body }),
    )
  }

  const run = useMutation({
    mutationFn: async ({ sample, draws, wantedTokens }: Question): Promise<DryRunResult> => {
      const current = asksDraft() ? draft() : undefined
      const asked = {
        asked: current ? 'draft' : 'saved',
        rules: ((current ?? saved)?.routing ?? []).map(wholeRule),
      } as const
      const answer = await ask(sample, draws, current)
      const fitted = wantedTokens === undefined ? undefined : refitted(sample, answer.inputTokens, wantedTokens)
      if (!fitted) return { ...asked, answer, sample }
      return { ...asked, answer: await ask(fitted, draws, current), sample: fitted }
    },
  })
  return { run, mayRun: mayRoute.saved || (resourceId === undefined && mayRoute.draft), asksDraft }
}

/** Of a draft, what may be absent has its default. */
const wholeRule = (rule: NonNullable<ResourceDraft['routing']>[number]): RoutingRule => ({
  description: '',
  enabled: true,
  traffic: 100,
  ...rule,
})
