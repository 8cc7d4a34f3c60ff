'use client'

import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import type { AuditExchange } from '@vm-x/contract'
import type { ReactNode } from 'react'
import { count, duration } from './figures'

/** How long an exchange took, and which tokens it was expected to use and has used. */
export function DecisionFigures({ exchange, compact }: { exchange: AuditExchange; compact: boolean }) {
  const { usage, estimate, timeToFirstTokenMs, durationMs, stream } = exchange
  return (
    <Box
      component="dl"
      sx={{
        m: 0,
        display: 'grid',
        gridTemplateColumns: `repeat(auto-fit, minmax(${compact ? 104 : 140}px, 1fr))`,
        gap: compact ? 1 : 2,
      }}
    >
      <Figure name="Duration" value={duration(durationMs)} />
      {stream && (
        <Figure name="First token" value={timeToFirstTokenMs === undefined ? 'none' : duration(timeToFirstTokenMs)} />
      )}
      <Figure
        name="Tokens in"
        value={usage ? count(usage.input) : 'not known'}
        note={[
          usage && usage.cachedInput > 0 && `${count(usage.cachedInput)} from a cache`,
          estimate && `${count(estimate.input)} estimated`,
        ]}
      />
      <Figure
        name="Tokens out"
        value={usage ? count(usage.output) : 'not known'}
        note={[
          usage && usage.reasoning > 0 && `${count(usage.reasoning)} for reasoning`,
          estimate && `${count(estimate.output)} estimated`,
        ]}
      />
      {usage && !compact && (
        <Figure name="Counted by" value={usage.source === 'reported' ? 'the provider' : 'estimate'} />
      )}
    </Box>
  )
}

type FigureProps = { name: string; value: ReactNode; note?: readonly (string | false | undefined)[] }

function Figure({ name, value, note = [] }: FigureProps) {
  return (
    <Box sx={{ minWidth: 0 }}>
      <Typography component="dt" variant="overline" sx={{ color: 'text.secondary', display: 'block' }}>
        {name}
      </Typography>
      <Box component="dd" className="figures" sx={{ m: 0, fontSize: 14 }}>
        <Box sx={{ fontWeight: 600 }}>{value}</Box>
        {note.filter(Boolean).map((text) => (
          <Typography key={String(text)} variant="caption" sx={{ color: 'text.secondary', display: 'block' }}>
            {text}
          </Typography>
        ))}
      </Box>
    </Box>
  )
}
