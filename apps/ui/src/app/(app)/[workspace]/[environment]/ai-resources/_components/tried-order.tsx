'use client'

import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import type { AiConnection } from '@/client/queries'
import { Section } from '@/components/section'
import type { Target } from '@/components/target-picker'
import { fallbackStates, stateOf, type TargetState } from './fallback-order'
import type { ResourceValues } from './resource-form'

type TriedOrderProps = { readonly values: ResourceValues; readonly connections: readonly AiConnection[] }

/** The order in which targets would really be tried as things stand. */
export function TriedOrder({ values, connections }: TriedOrderProps) {
  const { model, fallback, routing } = values
  const chain = fallback.enabled ? fallback.models : []
  const steps = [
    { target: model, state: stateOf(model, connections) },
    ...fallbackStates(model, chain, connections).flatMap((state, index) => {
      const target = chain[index]
      return target ? [{ target, state }] : []
    }),
  ]
  const tried = steps.filter(({ state }) => state === 'tried')
  const skipped = steps.filter(({ state }) => state !== 'tried' && state !== 'unchosen')
  const hasRules = routing.some(({ enabled }) => enabled)
  return (
    <Section
      title="What would be tried now"
      description={hasRules ? 'Where no rule decides. What a rule chooses takes the first place.' : undefined}
    >
      <Box component="ol" aria-live="polite" sx={{ m: 0, pl: 2.5, display: 'grid', gap: 0.5 }}>
        {tried.map(({ target }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a target may be there twice
          <li key={index}>{nameOf(target, connections)}</li>
        ))}
      </Box>
      {tried.length === 0 && (
        <Typography sx={{ color: 'error.main' }}>
          No target could be tried: requests are refused as unavailable.
        </Typography>
      )}
      {skipped.length > 0 && (
        <Typography variant="body2" sx={{ color: 'text.secondary', mt: 1, overflowWrap: 'anywhere' }}>
          Passed over: {skipped.map(({ target, state }) => `${nameOf(target, connections)} (${WHY[state]})`).join(', ')}
          .
        </Typography>
      )}
    </Section>
  )
}

export function nameOf({ connectionId, model }: Target, connections: readonly AiConnection[]): string {
  const name = connections.find(({ id }) => id === connectionId)?.name ?? `…${connectionId.slice(-8)}`
  return `${name} / ${model}`
}

const WHY: Readonly<Record<TargetState, string>> = {
  tried: '',
  unchosen: '',
  unknown: 'its connection is not there, or you can not see it',
  disabled: 'its connection is disabled',
  'not-allowed': 'its connection does not allow it',
  'first-already': 'it was the first',
}
