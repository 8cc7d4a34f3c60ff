'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import TextField from '@mui/material/TextField'
import { type Control, useController } from 'react-hook-form'
import { exactMoment } from '@/components/moment'
import type { KeyValues } from './key-values'

const DAY_MS = 24 * 3_600_000
const CHOICES = [
  ['30 days', 30],
  ['90 days', 90],
  ['1 year', 365],
] as const

/** When a key stops to work, in the time of the browser. */
export function ExpiryField({ control, disabled }: { control: Control<KeyValues>; disabled: boolean }) {
  const { field, fieldState } = useController({ control, name: 'expiresAt' })
  const isPast = field.value !== null && Date.parse(field.value) <= Date.now()
  const help = field.value === null ? 'It never expires.' : isPast ? 'It has expired.' : exactMoment(field.value)
  return (
    <Box>
      <TextField
        type="datetime-local"
        label="Expires"
        value={field.value === null ? '' : localText(field.value)}
        disabled={disabled}
        error={fieldState.error !== undefined}
        helperText={fieldState.error?.message ?? help}
        onChange={({ target }) => field.onChange(target.value ? new Date(target.value).toISOString() : null)}
        onBlur={field.onBlur}
        inputRef={field.ref}
        sx={{ maxWidth: 280 }}
        slotProps={{ inputLabel: { shrink: true } }}
      />
      {!disabled && (
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', mt: 0.5 }}>
          {CHOICES.map(([text, days]) => (
            <Button
              key={text}
              color="secondary"
              onClick={() => field.onChange(new Date(Date.now() + days * DAY_MS).toISOString())}
            >
              In {text}
            </Button>
          ))}
          <Button color="secondary" disabled={field.value === null} onClick={() => field.onChange(null)}>
            Never
          </Button>
        </Box>
      )}
    </Box>
  )
}

/** As the browser's input writes a time. */
function localText(at: string): string {
  const date = new Date(at)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
