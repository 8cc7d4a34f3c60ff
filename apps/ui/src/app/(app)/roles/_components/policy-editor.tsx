'use client'

import AddIcon from '@mui/icons-material/Add'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import FormHelperText from '@mui/material/FormHelperText'
import ToggleButton from '@mui/material/ToggleButton'
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup'
import type { PolicyDocument, PolicyStatement } from '@vm-x/contract'
import { useState } from 'react'
import { messagesAt, type PolicyFault } from './policy-faults'
import { PolicyJson } from './policy-json'
import { StatementEditor } from './statement-editor'

type PolicyEditorProps = {
  readonly value: PolicyDocument
  readonly onChange: (document: PolicyDocument) => void
  readonly faults: readonly PolicyFault[]
  /** Whether there is JSON that is no policy yet: then `value` is the last one that was. */
  readonly unreadable: boolean
  readonly onUnreadable: (unreadable: boolean) => void
}

/** Edits a policy as a form or as JSON: two views of one document. */
export function PolicyEditor({ value, onChange, faults, unreadable, onUnreadable }: PolicyEditorProps) {
  const [view, setView] = useState<'form' | 'json'>('form')
  const { statements } = value
  const replace = (index: number, statement: PolicyStatement) =>
    onChange({ statements: statements.map((one, at) => (at === index ? statement : one)) })
  return (
    <Box sx={{ display: 'grid', gap: 1.5 }}>
      <Box sx={{ display: 'flex', gap: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
        <ToggleButtonGroup
          exclusive
          size="small"
          aria-label="View of the policy"
          value={view}
          onChange={(_, chosen: typeof view | null) => chosen && setView(chosen)}
        >
          <ToggleButton value="form" disabled={unreadable} sx={TOGGLE}>
            Form
          </ToggleButton>
          <ToggleButton value="json" sx={TOGGLE}>
            JSON
          </ToggleButton>
        </ToggleButtonGroup>
        {unreadable && <FormHelperText error>The form comes back once the JSON can be read</FormHelperText>}
      </Box>
      {view === 'json' ? (
        <PolicyJson value={value} onChange={onChange} onUnreadable={onUnreadable} faults={faults} />
      ) : (
        <>
          {messagesAt(faults, 'statements').map((message) => (
            <FormHelperText key={message} error>
              The statements: {message}
            </FormHelperText>
          ))}
          {statements.map((statement, index) => (
            <StatementEditor
              key={POSITIONS[index]}
              index={index}
              statement={statement}
              faults={faults}
              onChange={(next) => replace(index, next)}
              onRemove={
                statements.length > 1
                  ? () => onChange({ statements: statements.filter((_, at) => at !== index) })
                  : undefined
              }
            />
          ))}
          <Box>
            <Button
              variant="outlined"
              startIcon={<AddIcon />}
              disabled={statements.length >= POSITIONS.length}
              onClick={() => onChange({ statements: [...statements, EMPTY_STATEMENT] })}
            >
              Add a statement
            </Button>
          </Box>
        </>
      )}
    </Box>
  )
}

export const EMPTY_STATEMENT: PolicyStatement = { effect: 'allow', actions: [], resources: [] }

const TOGGLE = { px: 1.5, py: 0.25, textTransform: 'none' }

/** The contract's most: statements have no identity but their place. */
const POSITIONS = Array.from({ length: 50 }, (_, index) => `statement ${index + 1}`)
