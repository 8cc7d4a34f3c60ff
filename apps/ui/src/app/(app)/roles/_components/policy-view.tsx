'use client'

import Box from '@mui/material/Box'
import Card from '@mui/material/Card'
import Chip from '@mui/material/Chip'
import Typography from '@mui/material/Typography'
import type { PolicyDocument } from '@vm-x/contract'
import { useResourceNames } from './use-resource-names'

/** A policy to read. */
export function PolicyView({ policy }: { policy: PolicyDocument }) {
  const nameOf = useResourceNames(policy.statements.flatMap(({ resources }) => resources))
  return (
    <Box sx={{ display: 'grid', gap: 1.5 }}>
      {policy.statements.map(({ effect, actions, resources }, index) => (
        <Card
          key={POSITIONS[index]}
          component="section"
          aria-label={`Statement ${index + 1}`}
          sx={{ p: 2, display: 'grid', gap: 1 }}
        >
          <Box sx={{ display: 'flex', gap: 1, alignItems: 'center' }}>
            <Typography variant="h3" component="div">
              Statement {index + 1}
            </Typography>
            <Chip variant="outlined" color={effect === 'allow' ? 'success' : 'error'} label={effect} />
          </Box>
          <Typography variant="overline" sx={{ color: 'text.secondary' }}>
            Actions
          </Typography>
          <Box sx={{ display: 'flex', gap: 0.75, flexWrap: 'wrap' }}>
            {actions.map((action) => (
              <Chip key={action} variant="outlined" label={<code>{action}</code>} />
            ))}
          </Box>
          <Typography variant="overline" sx={{ color: 'text.secondary' }}>
            Resources
          </Typography>
          {resources.map((resource) => (
            <Box key={resource} sx={{ overflowWrap: 'anywhere' }}>
              <code>{resource}</code>
              {nameOf(resource) && <Box sx={{ color: 'text.secondary', fontSize: 12 }}>{nameOf(resource)}</Box>}
            </Box>
          ))}
        </Card>
      ))}
    </Box>
  )
}

/** The contract's most: statements have no identity but their place. */
const POSITIONS = Array.from({ length: 50 }, (_, index) => `statement ${index + 1}`)
