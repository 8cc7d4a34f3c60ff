'use client'

import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import { connectionsQuery } from '@/client/queries'
import { count, duration } from '@/components/figures'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import type { ChatAnswer, Place } from './chat-answer.ts'

/** The figures of an answer: tokens, times, and who gave it after what. */
export function AnswerFigures({ answer }: { answer: ChatAnswer }) {
  const { usage, firstTokenMs, durationMs, place } = answer
  const { data: connections } = useQuery({
    ...connectionsQuery(useEnvironmentPath()),
    enabled: useMay()('listAiConnections') && place?.connectionId !== undefined,
  })
  const connection = connections?.find(({ id }) => id === place?.connectionId)
  const figures = [
    ...(place ? [{ name: 'Answered by', value: `${connection?.name ?? place.provider} / ${place.model}` }] : []),
    ...(usage ? [{ name: 'Tokens', value: `${count(usage.input)} in, ${count(usage.output)} out` }] : []),
    ...(firstTokenMs !== undefined ? [{ name: 'First token', value: duration(firstTokenMs) }] : []),
    ...(durationMs !== undefined ? [{ name: 'Latency', value: duration(durationMs) }] : []),
    ...(place && tookDetour(place) ? [{ name: 'On the way', value: detour(place) }] : []),
  ]
  if (figures.length === 0) return null
  return (
    <Box
      component="dl"
      className="figures"
      sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 2.5, rowGap: 0.75, m: 0, mt: 1.5 }}
    >
      {figures.map(({ name, value }) => (
        <Box key={name} sx={{ minWidth: 0 }}>
          <Typography component="dt" variant="overline" sx={{ color: 'text.secondary', display: 'block' }}>
            {name}
          </Typography>
          <Typography component="dd" variant="body2" sx={{ m: 0, overflowWrap: 'anywhere' }}>
            {value}
          </Typography>
        </Box>
      ))}
    </Box>
  )
}

const tookDetour = ({ attempts, fallbacks, rule }: Place) => attempts > 1 || fallbacks > 0 || rule !== undefined

function detour({ attempts, fallbacks, rule }: Place): string {
  const parts = [
    rule !== undefined && `rule ${rule + 1}`,
    fallbacks > 0 && (fallbacks === 1 ? 'fallback taken' : `${fallbacks} fallbacks taken`),
    attempts > 1 && `${attempts} attempts`,
  ]
  const text = parts.filter(Boolean).join(', ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
