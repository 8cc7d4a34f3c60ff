'use client'

import Autocomplete from '@mui/material/Autocomplete'
import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'
import TextField from '@mui/material/TextField'
import { KNOWN_PERMISSIONS } from './draft-rows'
import { FaultList } from './fault-list'
import { messagesAt, type PolicyFault } from './policy-faults'

type ActionPatternsProps = {
  /** Of the statement, counted from 0. */
  readonly index: number
  readonly value: readonly string[]
  readonly onChange: (patterns: string[]) => void
  readonly faults: readonly PolicyFault[]
}

const ACTIONS = [...new Set(KNOWN_PERMISSIONS.map(({ action }) => action))]
const KINDS = [...new Set(ACTIONS.map((action) => action.split(':')[0] ?? action))]
const OPTIONS = ['*', '*:get', '*:list', '*:query', ...KINDS.flatMap((kind) => [`${kind}:*`, ...ofKind(kind)])]

/** The actions of a statement: chosen from those that there are, or typed as patterns. */
export function ActionPatterns({ index, value, onChange, faults }: ActionPatternsProps) {
  const wrong = (position: number) => messagesAt(faults, 'statements', index, 'actions', position)
  const own = messagesAt(faults, 'statements', index, 'actions')
  return (
    <Box>
      <Autocomplete
        multiple
        freeSolo
        autoSelect
        disableCloseOnSelect
        filterSelectedOptions
        options={OPTIONS}
        groupBy={(option) => (option.startsWith('*') ? 'of every kind' : (option.split(':')[0] ?? ''))}
        value={[...value]}
        onChange={(_, next) => onChange([...new Set(next.map((text) => text.trim()).filter(Boolean))])}
        renderValue={(patterns, itemProps) =>
          patterns.map((pattern, position) => {
            const { key, ...rest } = itemProps({ index: position })
            const bad = wrong(position).length > 0
            return (
              <Chip
                key={key}
                {...rest}
                label={<code>{pattern}</code>}
                variant="outlined"
                {...(bad && { color: 'error' as const })}
              />
            )
          })
        }
        renderInput={(params) => (
          <TextField
            {...params}
            label="Actions"
            placeholder={value.length === 0 ? 'e.g. ai-resource:* or *:get' : ''}
            error={own.length > 0}
            helperText={own[0]}
          />
        )}
      />
      <FaultList
        faults={value.flatMap((pattern, position) => wrong(position).map((message) => ({ pattern, message })))}
      />
    </Box>
  )
}

function ofKind(kind: string) {
  return ACTIONS.filter((action) => action.startsWith(`${kind}:`))
}
