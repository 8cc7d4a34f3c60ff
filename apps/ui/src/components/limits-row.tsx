'use client'

import DeleteIcon from '@mui/icons-material/DeleteOutlined'
import Box from '@mui/material/Box'
import FormControlLabel from '@mui/material/FormControlLabel'
import FormHelperText from '@mui/material/FormHelperText'
import IconButton from '@mui/material/IconButton'
import MenuItem from '@mui/material/MenuItem'
import Switch from '@mui/material/Switch'
import TextField from '@mui/material/TextField'
import Tooltip from '@mui/material/Tooltip'
import { AmountField } from './limits-amount'
import type { Limit } from './limits-editor'
import { PER_PERIOD } from './limits-text'

type LimitRowProps = {
  readonly number: number
  readonly limit: Limit
  /** Another limit has its period and dimension. */
  readonly isTwin: boolean
  readonly errors: Readonly<Record<string, string>>
  readonly disabled: boolean
  readonly onChange: (limit: Limit) => void
  readonly onRemove: () => void
}

const PERIODS: readonly [Limit['period'], string][] = [
  ['minute', 'Minute'],
  ['hour', 'Hour'],
  ['day', 'Day'],
  ['week', 'Week'],
  ['month', 'Month'],
  ['lifetime', 'Lifetime'],
]
const ALL_TOGETHER = 'all'

/** One limit of the editor. */
export function LimitRow({ number, limit, isTwin, errors, disabled, onChange, onRemove }: LimitRowProps) {
  const { period, requests, tokens, dimension, reserve, enabled } = limit
  const set = (changed: Partial<Record<keyof Limit, unknown>>) => onChange(withoutAbsent({ ...limit, ...changed }))
  const fault = errors[''] ?? (isTwin ? 'Another limit has this period and counts the same. Change one of them.' : '')
  const isIdle = requests === undefined && tokens === undefined
  const label = `Limit ${number}, ${PER_PERIOD[period]}`
  return (
    <Box
      role="group"
      aria-label={label}
      sx={{ border: 1, borderColor: fault ? 'error.main' : 'divider', borderRadius: 1, p: 1.5, pt: 2 }}
    >
      <Box
        sx={{
          display: 'grid',
          gap: 1.5,
          alignItems: 'start',
          gridTemplateColumns: { xs: '1fr 1fr', sm: '1fr 1fr 1fr 1.2fr' },
        }}
      >
        <TextField
          select
          label="Period"
          value={period}
          disabled={disabled}
          error={errors.period !== undefined}
          helperText={errors.period}
          onChange={(event) => set({ period: event.target.value })}
        >
          {PERIODS.map(([value, text]) => (
            <MenuItem key={value} value={value}>
              {text}
            </MenuItem>
          ))}
        </TextField>
        <TextField
          select
          label="Counted"
          value={dimension ?? ALL_TOGETHER}
          disabled={disabled}
          error={errors.dimension !== undefined}
          helperText={errors.dimension}
          sx={{ order: { sm: 3 } }}
          onChange={({ target }) => set({ dimension: target.value === ALL_TOGETHER ? undefined : target.value })}
        >
          <MenuItem value={ALL_TOGETHER}>All together</MenuItem>
          <MenuItem value="user">For each user</MenuItem>
          <MenuItem value="source-ip">For each address</MenuItem>
        </TextField>
        <Box sx={{ order: { sm: 1 } }}>
          <AmountField
            label="Requests"
            value={requests}
            error={errors.requests}
            disabled={disabled}
            onChange={(value) => set({ requests: value })}
          />
        </Box>
        <Box sx={{ order: { sm: 2 } }}>
          <AmountField
            label="Tokens"
            value={tokens}
            error={errors.tokens}
            disabled={disabled}
            // What it reserves is about tokens: without them only the default is allowed.
            onChange={(value) => set({ tokens: value, ...(value === undefined && { reserve: 'expected' }) })}
          />
        </Box>
        {tokens !== undefined && (
          <TextField
            select
            label="Tokens reserved for a request"
            sx={{ order: 4, gridColumn: 'span 2' }}
            value={reserve}
            disabled={disabled}
            error={errors.reserve !== undefined}
            helperText={errors.reserve}
            onChange={(event) => set({ reserve: event.target.value })}
          >
            <MenuItem value="expected">What it is expected to use</MenuItem>
            <MenuItem value="ceiling">The most that it can use</MenuItem>
          </TextField>
        )}
        <Box
          sx={{
            order: 5,
            gridColumn: { xs: 'span 2', sm: tokens === undefined ? 'span 4' : 'span 2' },
            display: 'flex',
            alignItems: 'center',
            justifyContent: { xs: 'space-between', sm: 'flex-end' },
            gap: 1,
          }}
        >
          <FormControlLabel
            label={enabled ? 'On' : 'Off'}
            sx={{ mr: 0, minWidth: 72 }}
            control={
              <Switch
                size="small"
                checked={enabled}
                disabled={disabled}
                onChange={(_, on) => set({ enabled: on })}
                slotProps={{ input: { 'aria-label': `${label}: on` } }}
              />
            }
          />
          <Tooltip title="Remove">
            <span>
              <IconButton aria-label={`Remove ${label.toLowerCase()}`} disabled={disabled} onClick={onRemove}>
                <DeleteIcon fontSize="small" />
              </IconButton>
            </span>
          </Tooltip>
        </Box>
      </Box>
      {(fault || errors.enabled || isIdle) && (
        <FormHelperText error={Boolean(fault || errors.enabled)} role={fault ? 'alert' : undefined}>
          {fault || errors.enabled || 'It limits nothing yet: give requests, tokens or both.'}
        </FormHelperText>
      )}
    </Box>
  )
}

/** Fields that are cleared are left out, as the contract has them. */
function withoutAbsent(limit: Partial<Record<keyof Limit, unknown>>): Limit {
  return Object.fromEntries(Object.entries(limit).filter(([, value]) => value !== undefined)) as Limit
}
