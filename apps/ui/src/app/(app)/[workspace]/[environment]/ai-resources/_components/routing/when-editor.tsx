'use client'

import Box from '@mui/material/Box'
import FormHelperText from '@mui/material/FormHelperText'
import ToggleButton from '@mui/material/ToggleButton'
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup'
import { useState } from 'react'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { AddButtons, ConditionEditor } from './condition-editor'
import { kindOf } from './condition-tree'
import { ExpressionEditor } from './expression-editor'
import type { RoutingRule } from './routing-rule'
import { useRule } from './rule-context'

type When = RoutingRule['when']
type WhenEditorProps = { readonly when: When; readonly onChange: (when: When) => void }

const FIRST_EXPRESSION: When = { expression: 'tokens.input > 1000 && !request.stream' }

/** When a rule applies: conditions, or an expression in their place. */
export function WhenEditor({ when, onChange }: WhenEditorProps) {
  const { disabled, errorOf } = useRule()
  /** What the other form held before, so that switching back and forth loses nothing. */
  const [other, setOther] = useState<When>()
  const [asking, setAsking] = useState(false)
  const isExpression = 'expression' in when
  const error = isExpression ? undefined : errorOf(['when'])
  const replace = () => {
    setOther(when)
    onChange(other ?? (isExpression ? { all: [] } : FIRST_EXPRESSION))
  }
  return (
    <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <ToggleButtonGroup
        exclusive
        size="small"
        color="primary"
        value={isExpression ? 'expression' : 'conditions'}
        onChange={(_, chosen: string | null) => chosen !== null && setAsking(true)}
        disabled={disabled}
        aria-label="How the condition is written"
      >
        <ToggleButton value="conditions">Conditions</ToggleButton>
        <ToggleButton value="expression">Expression (CEL)</ToggleButton>
      </ToggleButtonGroup>
      {isExpression ? (
        <ExpressionEditor expression={when.expression} onChange={(expression) => onChange({ expression })} />
      ) : (
        // Deep conditions scroll in a box of their own.
        <Box sx={{ overflowX: 'auto', pt: 1, display: 'grid', gap: 1.5 }}>
          <ConditionEditor condition={when} path={[]} depth={0} number="" />
          {kindOf(when) === undefined && <AddButtons condition={when} path={[]} depth={0} />}
        </Box>
      )}
      {error && <FormHelperText error>{error}</FormHelperText>}
      {asking && (
        <ConfirmDialog
          title={isExpression ? 'Replace the expression by conditions?' : 'Replace the conditions by an expression?'}
          action="Replace"
          onConfirm={async () => replace()}
          onClose={() => setAsking(false)}
        >
          A rule has either. {isExpression ? 'The expression is not' : 'The conditions are not'} translated, but you can
          switch back while this rule is open.
        </ConfirmDialog>
      )}
    </Box>
  )
}
