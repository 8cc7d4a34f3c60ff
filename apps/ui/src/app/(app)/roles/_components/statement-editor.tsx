'use client'

import DeleteIcon from '@mui/icons-material/DeleteOutlined'
import Box from '@mui/material/Box'
import Card from '@mui/material/Card'
import FormHelperText from '@mui/material/FormHelperText'
import IconButton from '@mui/material/IconButton'
import ToggleButton from '@mui/material/ToggleButton'
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup'
import Tooltip from '@mui/material/Tooltip'
import Typography from '@mui/material/Typography'
import type { PolicyStatement } from '@vm-x/contract'
import { ActionPatterns } from './action-patterns'
import { messagesAt, type PolicyFault } from './policy-faults'
import { ResourcePatterns } from './resource-patterns'

type StatementEditorProps = {
  /** Counted from 0. */
  readonly index: number
  readonly statement: PolicyStatement
  readonly faults: readonly PolicyFault[]
  readonly onChange: (statement: PolicyStatement) => void
  /** Without it the statement must stay. */
  readonly onRemove: (() => void) | undefined
}

/** One statement of a policy: an effect, on which actions, on which resources. */
export function StatementEditor({ index, statement, faults, onChange, onRemove }: StatementEditorProps) {
  const { effect, actions, resources } = statement
  const own = messagesAt(faults, 'statements', index)
  return (
    <Card component="fieldset" sx={{ m: 0, p: 2, minWidth: 0, display: 'grid', gap: 2 }}>
      <Box component="legend" sx={VISUALLY_HIDDEN}>
        Statement {index + 1}
      </Box>
      <Box sx={{ display: 'flex', gap: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
        <Typography variant="h3" component="div" aria-hidden>
          Statement {index + 1}
        </Typography>
        <ToggleButtonGroup
          exclusive
          size="small"
          aria-label={`Effect of statement ${index + 1}`}
          value={effect}
          onChange={(_, chosen: PolicyStatement['effect'] | null) =>
            chosen && onChange({ ...statement, effect: chosen })
          }
        >
          <ToggleButton value="allow" color="success" sx={TOGGLE}>
            Allow
          </ToggleButton>
          <ToggleButton value="deny" color="error" sx={TOGGLE}>
            Deny
          </ToggleButton>
        </ToggleButtonGroup>
        <Typography variant="body2" sx={{ color: 'text.secondary', flexGrow: 1, flexBasis: 120 }}>
          {effect === 'deny' && 'Overrides every allow, of this role and of others'}
        </Typography>
        {onRemove && (
          <Tooltip title="Remove the statement">
            <IconButton aria-label={`Remove statement ${index + 1}`} onClick={onRemove}>
              <DeleteIcon fontSize="small" />
            </IconButton>
          </Tooltip>
        )}
      </Box>
      {own.map((message) => (
        <FormHelperText key={message} error>
          {message}
        </FormHelperText>
      ))}
      <ActionPatterns
        index={index}
        value={actions}
        faults={faults}
        onChange={(next) => onChange({ ...statement, actions: next })}
      />
      <ResourcePatterns
        index={index}
        value={resources}
        faults={faults}
        onChange={(next) => onChange({ ...statement, resources: next })}
      />
    </Card>
  )
}

const TOGGLE = { px: 1.5, py: 0.25, textTransform: 'none' }
const VISUALLY_HIDDEN = { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clip: 'rect(0 0 0 0)' }
