'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { answerOf, api } from '@/client/api'
import { isProblem } from '@/client/problem'
import { type AiConnection, type EnvironmentPath, environmentKey } from '@/client/queries'
import { useEnvironmentPath } from '@/session/use-environment-path'
import type { ResourceDraft } from './resource-draft'
import type { RoutingRule, Target } from './routing-rule'
import { errorsOfRules, type RuleErrors } from './rule-errors'
import { useMayRoute } from './use-may-route'

type RuleCheckOptions = {
  readonly rules: readonly RoutingRule[]
  /** The id of each rule in the builder. */
  readonly ids: readonly string[]
  readonly resourceId: string | undefined
  readonly draft: () => ResourceDraft
  readonly connections: readonly AiConnection[]
}

type RuleCheck = {
  /** By the id of a rule. */
  readonly errors: ReadonlyMap<string, RuleErrors>
  /** What is wrong with the rules as a whole. */
  readonly list: string | undefined
  /** By the id of a rule, what its expression costs. */
  readonly costs: ReadonlyMap<string, number>
}

const PAUSE_MS = 400
const PROBE = { messages: [{ role: 'user', content: '' }] }

/**
 * Asks the API about rules while they are typed: after a short pause, the latest only, and not before something was
 * changed. `check` is undefined until there is an answer, and for who may not ask.
 */
export function useRuleCheck({ rules, ids, resourceId, draft, connections }: RuleCheckOptions) {
  const path = useEnvironmentPath()
  const mayRoute = useMayRoute(resourceId)
  const written = JSON.stringify(rules)
  const [first] = useState(written)
  const [settled, setSettled] = useState({ written, rules, ids })
  const [changed, setChanged] = useState(false)
  // What rests is what was last written: other renders must not begin the pause anew.
  // biome-ignore lint/correctness/useExhaustiveDependencies: rules and ids are those of what is written
  useEffect(() => {
    if (written === settled.written) return
    const timer = setTimeout(() => {
      setSettled({ written, rules, ids })
      setChanged(true)
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [written, settled.written])
  const { data, error, isFetching } = useQuery({
    queryKey: [...environmentKey(path), 'rule-check', resourceId ?? 'new', settled.written, settled.ids.join()],
    queryFn: async ({ signal }) => {
      const { name, model } = draft()
      const question = {
        request: PROBE,
        draft: { name: name || 'draft', model: wholeTarget(model, connections), routing: [...settled.rules] },
      }
      return checkOf(await ask(path, resourceId, question, signal), settled.ids)
    },
    enabled: mayRoute.draft && (changed || settled.written !== first),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
  return {
    check: mayRoute.draft ? data : undefined,
    checking: isFetching || (mayRoute.draft && written !== settled.written),
    failed: error !== null && !isProblem(error, 'permission_missing'),
    allowed: mayRoute.draft,
  }
}

type Question = { readonly request: Record<string, unknown>; readonly draft: ResourceDraft }
type Asked = Awaited<ReturnType<typeof askOnce>> | { readonly errors: readonly { path: string; message: string }[] }

/** Faults of the draft are what is asked for; everything else that goes wrong is thrown. */
async function ask(
  path: EnvironmentPath,
  resourceId: string | undefined,
  question: Question,
  signal: AbortSignal,
): Promise<Asked> {
  try {
    return await askOnce(path, resourceId, question, signal)
  } catch (error) {
    if (isProblem(error, 'invalid_fields')) return { errors: error.errors }
    throw error
  }
}

const BASE = '/workspaces/{workspaceId}/environments/{environmentId}/ai-resources'

const askOnce = (
  { workspaceId, environmentId }: EnvironmentPath,
  aiResourceId: string | undefined,
  body: Question,
  signal: AbortSignal,
) => {
  const path = { workspaceId, environmentId }
  return aiResourceId === undefined
    ? answerOf(api.POST(`${BASE}/route`, { params: { path }, body, signal }))
    : answerOf(api.POST(`${BASE}/{aiResourceId}/route`, { params: { path: { ...path, aiResourceId } }, body, signal }))
}

function checkOf(answer: Asked, ids: readonly string[]): RuleCheck {
  if ('errors' in answer) {
    const { rules, list } = errorsOfRules(answer.errors)
    return { errors: byId(rules, ids), list, costs: new Map() }
  }
  const costs = new Map(answer.expressions.map(({ rule, cost }) => [rule, cost]))
  return { errors: new Map(), list: undefined, costs: byId(costs, ids) }
}

/** What belongs to a rule stays with it when it is moved. */
const byId = <Value>(values: ReadonlyMap<number, Value>, ids: readonly string[]): ReadonlyMap<string, Value> =>
  new Map(ids.flatMap((id, index) => (values.has(index) ? [[id, values.get(index) as Value] as const] : [])))

/** Rules are looked at also while the primary model is not chosen yet. */
function wholeTarget(model: Target, connections: readonly AiConnection[]): Target {
  if (model.connectionId !== '' && model.model !== '') return model
  const [connection] = connections
  return connection ? { connectionId: connection.id, model: connection.allowedModels?.[0] ?? 'model' } : model
}
