'use client'

import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import { count, duration } from '@/components/figures'
import { obstaclesOf } from './route-words'
import type { DryRunResult } from './use-dry-run'

/** The targets in the order in which they would be tried, with what would stop each now. */
export function TargetResults({ targets }: { targets: DryRunResult['answer']['targets'] }) {
  if (targets.length === 0) return <Typography sx={{ color: 'text.secondary' }}>No target would be tried.</Typography>
  return (
    <Box component="ol" aria-label="Targets in order" sx={{ m: 0, p: 0, display: 'grid', gap: 1 }}>
      {targets.map((target, index) => {
        const obstacles = obstaclesOf(target, duration)
        return (
          <Box
            component="li"
            // biome-ignore lint/suspicious/noArrayIndexKey: the same target may be tried twice, and the list is only shown
            key={`${index} ${target.connectionId} ${target.model}`}
            sx={{ listStyle: 'none', p: 1.25, border: 1, borderColor: 'divider', borderRadius: 1 }}
          >
            <Box sx={{ display: 'flex', gap: 1, alignItems: 'baseline', flexWrap: 'wrap' }}>
              <Typography component="span" sx={{ fontWeight: 600, flexGrow: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
                {index + 1}. {target.model} at {target.connection}
              </Typography>
              <Typography
                component="span"
                variant="body2"
                sx={{ fontWeight: 600, color: obstacles.length > 0 ? 'warning.main' : 'success.main' }}
              >
                {obstacles.length > 0 ? 'would be passed over' : 'ready'}
              </Typography>
            </Box>
            <Typography variant="body2" className="figures" sx={{ color: 'text.secondary' }}>
              {target.provider} · {count(Math.ceil(target.estimate.input))} tokens in, up to{' '}
              {count(Math.ceil(target.estimate.output))} out
            </Typography>
            {obstacles.map((text) => (
              <Typography key={text} variant="body2">
                {text}
              </Typography>
            ))}
          </Box>
        )
      })}
    </Box>
  )
}
