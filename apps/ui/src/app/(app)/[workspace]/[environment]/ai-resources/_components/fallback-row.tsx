'use client'

import DownIcon from '@mui/icons-material/ArrowDownward'
import UpIcon from '@mui/icons-material/ArrowUpward'
import DeleteIcon from '@mui/icons-material/DeleteOutlined'
import Box from '@mui/material/Box'
import FormHelperText from '@mui/material/FormHelperText'
import IconButton from '@mui/material/IconButton'
import Tooltip from '@mui/material/Tooltip'
import Typography from '@mui/material/Typography'
import { useEffect, useRef } from 'react'
import type { AiConnection } from '@/client/queries'
import { targetError } from '@/components/target-error'
import { type Target, TargetPicker } from '@/components/target-picker'
import type { TargetState } from './fallback-order'

type FallbackRowProps = {
  readonly index: number
  readonly count: number
  readonly target: Target
  readonly state: TargetState
  readonly errors: Readonly<Record<string, string>>
  readonly connections: readonly AiConnection[]
  readonly readOnly: boolean
  readonly onChange: (target: Target) => void
  readonly onMove: (to: number) => void
  readonly onRemove: () => void
}

/** One target of the chain, with its place in it. */
export function FallbackRow(props: FallbackRowProps) {
  const { index, count, target, state, errors, connections, readOnly, onChange, onMove, onRemove } = props
  const label = `Fallback ${index + 1}`
  const error = targetError(errors, `fallback.models.${index}`)
  const passedOver = error ? undefined : PASSED_OVER[state]
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gap: 1.5,
        gridTemplateColumns: { xs: '20px minmax(0, 1fr)', md: '20px minmax(0, 1fr) auto' },
        alignItems: 'start',
        py: 1.75,
        borderTop: 1,
        borderColor: 'divider',
      }}
    >
      <Typography className="figures" sx={{ color: 'text.secondary', pt: 1 }}>
        {index + 1}
      </Typography>
      <Box sx={{ minWidth: 0 }}>
        <TargetPicker
          label={label}
          value={target}
          onChange={onChange}
          connections={connections}
          error={error}
          disabled={readOnly}
        />
        {passedOver && <FormHelperText sx={{ color: 'warning.main' }}>{passedOver}</FormHelperText>}
      </Box>
      {!readOnly && (
        <Box sx={{ gridColumn: { xs: 2, md: 3 }, display: 'flex', pt: { md: 0.25 } }}>
          <MoveButton direction="up" label={label} to={index - 1} count={count} onMove={onMove} />
          <MoveButton direction="down" label={label} to={index + 1} count={count} onMove={onMove} />
          <Tooltip title="Remove">
            <IconButton aria-label={`Remove ${label.toLowerCase()}`} onClick={onRemove}>
              <DeleteIcon fontSize="small" />
            </IconButton>
          </Tooltip>
        </Box>
      )}
    </Box>
  )
}

const PASSED_OVER: Readonly<Partial<Record<TargetState, string>>> = {
  disabled: 'Passed over now: its connection is disabled.',
  'not-allowed': 'Passed over: its connection does not allow this model.',
  'first-already':
    'Passed over after the primary model, which it is: it serves only where a rule chose another target.',
}

type MoveButtonProps = {
  readonly direction: 'up' | 'down'
  readonly label: string
  readonly to: number
  readonly count: number
  readonly onMove: (to: number) => void
}

/** The place that the focus goes to with what was moved: rows are told apart by their place alone. */
let followed: string | undefined

function MoveButton({ direction, label, to, count, onMove }: MoveButtonProps) {
  const button = useRef<HTMLButtonElement>(null)
  const from = direction === 'up' ? to + 1 : to - 1
  useEffect(() => {
    if (followed !== `${direction} ${from}`) return
    followed = undefined
    button.current?.focus()
  })
  const blocked = to < 0 || to >= count
  const Icon = direction === 'up' ? UpIcon : DownIcon
  const move = () => {
    if (blocked) return
    followed = `${direction} ${to}`
    onMove(to)
  }
  return (
    <Tooltip title={`Move ${direction}`}>
      <IconButton
        ref={button}
        aria-label={`Move ${label.toLowerCase()} ${direction}`}
        // Stays where the focus can be when it is at the end.
        aria-disabled={blocked}
        onClick={move}
        sx={blocked ? { opacity: 0.4, cursor: 'default' } : undefined}
      >
        <Icon fontSize="small" />
      </IconButton>
    </Tooltip>
  )
}
