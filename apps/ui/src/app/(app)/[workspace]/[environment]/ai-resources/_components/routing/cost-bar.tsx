'use client'

import Box from '@mui/material/Box'
import LinearProgress from '@mui/material/LinearProgress'
import Typography from '@mui/material/Typography'
import { useId } from 'react'
import { count } from '@/components/figures'
import { MOST_EXPRESSION_COST } from './expression-names'

/** What an expression can cost at most, against what is allowed. */
export function CostBar({ cost }: { cost: number }) {
  const labelId = useId()
  const percent = Math.min(100, (cost / MOST_EXPRESSION_COST) * 100)
  return (
    <Box>
      <LinearProgress
        variant="determinate"
        value={percent}
        color={percent > 80 ? 'warning' : 'primary'}
        aria-labelledby={labelId}
        sx={{ borderRadius: 1, height: 6 }}
      />
      <Typography id={labelId} variant="caption" className="figures" sx={{ color: 'text.secondary', display: 'block' }}>
        Goes through at most {count(Math.round(cost))} of {count(MOST_EXPRESSION_COST)} characters
      </Typography>
    </Box>
  )
}
