'use client'

import BlockIcon from '@mui/icons-material/Block'
import CheckCircleIcon from '@mui/icons-material/CheckCircleOutlined'
import ErrorIcon from '@mui/icons-material/ErrorOutlined'
import RemoveCircleIcon from '@mui/icons-material/RemoveCircleOutlined'
import Box from '@mui/material/Box'
import { type AttemptOutcome, type ExchangeOutcome, OUTCOMES, type OutcomeTone } from './decision-outcomes'

const ICONS = {
  answered: CheckCircleIcon,
  refused: BlockIcon,
  failed: ErrorIcon,
  neutral: RemoveCircleIcon,
} as const

export const TONE_COLOURS: Readonly<Record<OutcomeTone, string>> = {
  answered: 'success.main',
  refused: 'warning.main',
  failed: 'error.main',
  neutral: 'text.secondary',
}

/** What an exchange or an attempt came to: told by a sign, a colour and words. */
export function OutcomeLabel({ outcome }: { outcome: ExchangeOutcome | AttemptOutcome }) {
  const { title } = OUTCOMES[outcome]
  return (
    <Box
      component="span"
      sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75, minWidth: 0, maxWidth: '100%' }}
    >
      <OutcomeIcon outcome={outcome} />
      <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>
        {title}
      </Box>
    </Box>
  )
}

export function OutcomeIcon({ outcome }: { outcome: ExchangeOutcome | AttemptOutcome }) {
  const { tone } = OUTCOMES[outcome]
  const Icon = ICONS[tone]
  return <Icon aria-hidden sx={{ fontSize: 18, flexShrink: 0, color: TONE_COLOURS[tone] }} />
}
