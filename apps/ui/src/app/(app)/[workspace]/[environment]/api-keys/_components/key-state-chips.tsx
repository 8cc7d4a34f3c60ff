'use client'

import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'
import Tooltip from '@mui/material/Tooltip'
import type { ApiKey } from '@/client/queries'
import { exactMoment } from '@/components/moment'
import { type KeyState, keyState, previousWorksUntil } from './key-state'

export const STATES: Readonly<Record<KeyState, { label: string; color: 'success' | 'warning' | 'error' | 'default' }>> =
  {
    active: { label: 'Active', color: 'success' },
    expiring: { label: 'Expires soon', color: 'warning' },
    expired: { label: 'Expired', color: 'error' },
    disabled: { label: 'Disabled', color: 'default' },
  }

/** Whether a key works, and what will change about that. */
export function KeyStateChips({ apiKey }: { apiKey: ApiKey }) {
  const nowMs = Date.now()
  const { label, color } = STATES[keyState(apiKey, nowMs)]
  const previous = previousWorksUntil(apiKey, nowMs)
  return (
    <Box component="span" sx={{ display: 'inline-flex', gap: 0.5, flexWrap: 'wrap' }}>
      <Chip label={label} color={color} variant="outlined" />
      {previous && (
        <Tooltip title={`The secret before the rotation works until ${exactMoment(previous)}`}>
          <Chip label="Rotated, old works" color="info" variant="outlined" />
        </Tooltip>
      )}
    </Box>
  )
}
