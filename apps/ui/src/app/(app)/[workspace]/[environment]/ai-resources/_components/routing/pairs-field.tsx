'use client'

import AddIcon from '@mui/icons-material/Add'
import DeleteIcon from '@mui/icons-material/DeleteOutlined'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import IconButton from '@mui/material/IconButton'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import type { Pair } from './sample-request'

type PairsFieldProps = {
  readonly title: string
  /** One of them, e.g. `header`. */
  readonly one: string
  readonly placeholder: string
  readonly pairs: readonly Pair[]
  readonly onChange: (pairs: readonly Pair[]) => void
}

/** Names with values, as many as are wanted. */
export function PairsField({ title, one, placeholder, pairs, onChange }: PairsFieldProps) {
  const set = (index: number, pair: Pair) => onChange(pairs.map((each, at) => (at === index ? pair : each)))
  return (
    <Box role="group" aria-label={title} sx={{ display: 'grid', gap: 1, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Box sx={{ display: 'flex', alignItems: 'center', minHeight: 34 }}>
        <Typography variant="body2" sx={{ fontWeight: 600, flexGrow: 1 }}>
          {title}
        </Typography>
        <Button startIcon={<AddIcon />} onClick={() => onChange([...pairs, { name: '', value: '' }])}>
          Add {one}
        </Button>
      </Box>
      {pairs.map((pair, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: names may be the same while they are typed
        <Box key={`pair ${index + 1}`} sx={{ display: 'flex', gap: 1 }}>
          <TextField
            label="Name"
            placeholder={placeholder}
            value={pair.name}
            onChange={(event) => set(index, { ...pair, name: event.target.value })}
          />
          <TextField
            label="Value"
            value={pair.value}
            onChange={(event) => set(index, { ...pair, value: event.target.value })}
          />
          <IconButton
            aria-label={`Remove ${one} ${index + 1}`}
            onClick={() => onChange(pairs.filter((_, at) => at !== index))}
          >
            <DeleteIcon fontSize="small" />
          </IconButton>
        </Box>
      ))}
    </Box>
  )
}
