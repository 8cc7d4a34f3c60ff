'use client'

import AddIcon from '@mui/icons-material/Add'
import DeleteIcon from '@mui/icons-material/DeleteOutlined'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import FormHelperText from '@mui/material/FormHelperText'
import IconButton from '@mui/material/IconButton'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import Tooltip from '@mui/material/Tooltip'
import { TargetPicker } from '@/components/target-picker'
import type { BalanceAction } from './routing-rule'
import { useRule } from './rule-context'
import { MOST_PARTS } from './split-weights'

type BalanceEditorProps = { readonly action: BalanceAction; readonly onChange: (action: BalanceAction) => void }

const ORDERS: readonly { readonly by: BalanceAction['balance']; readonly label: string; readonly helps: string }[] = [
  {
    by: 'latency',
    label: 'Latency',
    helps: 'The fastest first, by p95 of 5 minutes; targets not known yet come first.',
  },
  { by: 'least-busy', label: 'Least busy', helps: 'The one with the fewest requests under way first.' },
  { by: 'round-robin', label: 'Round robin', helps: 'Each in turn.' },
]

/** Targets among which requests are balanced, and by what. */
export function BalanceEditor({ action, onChange }: BalanceEditorProps) {
  const { connections, disabled, primary, errorOf } = useRule()
  const { balance, targets } = action
  const error = errorOf(['then', 'targets'])
  const set = (next: BalanceAction['targets']) => onChange({ balance, targets: next })
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <TextField
        select
        label="Order"
        value={balance}
        onChange={(event) => {
          const by = ORDERS.find((order) => order.by === event.target.value)?.by
          if (by) onChange({ balance: by, targets })
        }}
        disabled={disabled}
        helperText={`${ORDERS.find(({ by }) => by === balance)?.helps} Counted by each server for itself.`}
        sx={{ maxWidth: 480 }}
      >
        {ORDERS.map(({ by, label }) => (
          <MenuItem key={by} value={by}>
            {label}
          </MenuItem>
        ))}
      </TextField>
      {targets.map((target, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: targets may be the same twice, and hold nothing of their own
        <Box key={`target ${index + 1}`} sx={{ display: 'flex', gap: 1, alignItems: 'flex-start' }}>
          <Box sx={{ flexGrow: 1, minWidth: 0 }}>
            <TargetPicker
              label={`Target ${index + 1}`}
              value={target}
              onChange={(next) => set(targets.with(index, next))}
              connections={connections}
              error={errorOf(['then', 'targets', index], 'connectionId', 'model')}
              disabled={disabled}
            />
          </Box>
          {!disabled && (
            <Tooltip title="Remove">
              <span>
                <IconButton
                  aria-label={`Remove target ${index + 1}`}
                  onClick={() => set(targets.toSpliced(index, 1))}
                  disabled={targets.length === 1}
                  sx={{ mt: 0.25 }}
                >
                  <DeleteIcon fontSize="small" />
                </IconButton>
              </span>
            </Tooltip>
          )}
        </Box>
      ))}
      {error && <FormHelperText error>{error}</FormHelperText>}
      {!disabled && (
        <Box>
          <Button
            startIcon={<AddIcon />}
            onClick={() => set([...targets, primary])}
            disabled={targets.length >= MOST_PARTS}
          >
            Add target
          </Button>
        </Box>
      )}
    </Box>
  )
}
