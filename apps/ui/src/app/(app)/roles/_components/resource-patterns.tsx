'use client'

import AddIcon from '@mui/icons-material/Add'
import CloseIcon from '@mui/icons-material/Close'
import TravelExploreIcon from '@mui/icons-material/TravelExplore'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import FormHelperText from '@mui/material/FormHelperText'
import IconButton from '@mui/material/IconButton'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { messagesAt, type PolicyFault } from './policy-faults'
import { useResourceNames } from './use-resource-names'

const ResourcePicker = dynamic(() => import('./resource-picker').then((module) => module.ResourcePicker), {
  ssr: false,
})

type ResourcePatternsProps = {
  /** Of the statement, counted from 0. */
  readonly index: number
  readonly value: readonly string[]
  readonly onChange: (patterns: string[]) => void
  readonly faults: readonly PolicyFault[]
}

/** The resources of a statement: picked by name, or typed as patterns. */
export function ResourcePatterns({ index, value, onChange, faults }: ResourcePatternsProps) {
  const [picking, setPicking] = useState(false)
  const nameOf = useResourceNames(value)
  const own = messagesAt(faults, 'statements', index, 'resources')
  return (
    <Box role="group" aria-label={`Resources of statement ${index + 1}`} sx={{ display: 'grid', gap: 1 }}>
      <Typography variant="overline" sx={{ color: own.length > 0 ? 'error.main' : 'text.secondary' }}>
        Resources
      </Typography>
      {value.map((pattern, position) => {
        const messages = messagesAt(faults, 'statements', index, 'resources', position)
        return (
          <Box key={POSITIONS[position]} sx={{ display: 'flex', gap: 0.5, alignItems: 'flex-start' }}>
            <TextField
              value={pattern}
              error={messages.length > 0}
              helperText={messages.join('; ') || nameOf(pattern)}
              onChange={({ target }) => onChange(value.map((one, at) => (at === position ? target.value.trim() : one)))}
              slotProps={{
                htmlInput: {
                  'aria-label': `Resource ${position + 1} of statement ${index + 1}`,
                  spellCheck: false,
                  style: MONOSPACE,
                },
                formHelperText: { sx: { overflowWrap: 'anywhere' } },
              }}
            />
            <IconButton
              aria-label={`Remove resource ${position + 1} of statement ${index + 1}`}
              onClick={() => onChange(value.filter((_, at) => at !== position))}
            >
              <CloseIcon fontSize="small" />
            </IconButton>
          </Box>
        )
      })}
      {own.map((message) => (
        <FormHelperText key={message} error>
          {message}
        </FormHelperText>
      ))}
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button variant="outlined" startIcon={<TravelExploreIcon />} onClick={() => setPicking(true)}>
          Pick a resource
        </Button>
        <Button
          color="secondary"
          startIcon={<AddIcon />}
          disabled={value.length >= POSITIONS.length}
          onClick={() => onChange([...value, ''])}
        >
          Type a pattern
        </Button>
      </Box>
      {picking && (
        <ResourcePicker
          onClose={() => setPicking(false)}
          onPick={(patterns) => onChange([...new Set([...value.filter(Boolean), ...patterns])])}
        />
      )}
    </Box>
  )
}

const MONOSPACE = {
  fontFamily: 'ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace',
  fontSize: 13,
}

/** The contract's most: patterns have no identity but their place. */
const POSITIONS = Array.from({ length: 100 }, (_, index) => `resource ${index + 1}`)
