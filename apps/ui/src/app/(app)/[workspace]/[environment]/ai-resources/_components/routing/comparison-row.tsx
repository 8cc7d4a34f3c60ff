'use client'

import Box from '@mui/material/Box'
import FormHelperText from '@mui/material/FormHelperText'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import { withField, withOp } from './comparison-edits'
import { ConditionMenu } from './condition-menu'
import type { ConditionPath } from './condition-tree'
import { needsNoValue, operatorsOf, parseFieldName } from './field-catalogue'
import { FieldPicker } from './field-picker'
import type { RuleComparison } from './routing-rule'
import { useRule } from './rule-context'
import { ValueEditor } from './value-editor'

type ComparisonRowProps = {
  readonly comparison: RuleComparison
  readonly path: ConditionPath
  readonly depth: number
  readonly number: string
}

/** A field, how it is compared, and with what. */
export function ComparisonRow({ comparison, path, depth, number }: ComparisonRowProps) {
  const { edit, disabled, errorOf } = useRule()
  const at = (field: string) => errorOf(['when', ...path, field])
  const own = errorOf(['when', ...path])
  return (
    <Box role="group" aria-label={`Condition ${number || '1'}`} sx={{ minWidth: { xs: 210, sm: 340 } }}>
      <Box
        sx={{
          display: 'grid',
          gap: 1.25,
          alignItems: 'start',
          gridTemplateColumns: {
            xs: 'minmax(0, 1fr) auto',
            md: 'minmax(0, 5fr) minmax(110px, 2fr) minmax(0, 4fr) auto',
          },
          gridTemplateAreas: {
            xs: '"field menu" "op op" "value value"',
            sm: '"field menu" "op op" "value value"',
            md: '"field op value menu"',
          },
        }}
      >
        <Box sx={{ gridArea: 'field', minWidth: 0 }}>
          <FieldPicker
            label="Field"
            value={comparison.field}
            onChange={(field) => edit(path, withField(comparison, field))}
            error={at('field')}
            disabled={disabled}
          />
        </Box>
        <Box sx={{ gridArea: 'op', minWidth: 0 }}>
          <OperatorPicker comparison={comparison} path={path} error={at('op')} />
        </Box>
        {!needsNoValue(comparison.op) && (
          <Box sx={{ gridArea: 'value', minWidth: 0 }}>
            <ValueEditor
              // Of another kind it is another control, which begins anew.
              key={`${comparison.field.split('(', 1)[0]} ${comparison.op}`}
              comparison={comparison}
              onChange={(value) => edit(path, { ...comparison, value })}
              error={at('value')}
              disabled={disabled}
            />
          </Box>
        )}
        <Box sx={{ gridArea: 'menu', pt: 0.25 }}>
          <ConditionMenu condition={comparison} path={path} depth={depth} number={number || '1'} />
        </Box>
      </Box>
      {own && <FormHelperText error>{own}</FormHelperText>}
    </Box>
  )
}

type OperatorPickerProps = {
  readonly comparison: RuleComparison
  readonly path: ConditionPath
  readonly error: string | undefined
}

function OperatorPicker({ comparison, path, error }: OperatorPickerProps) {
  const { edit, disabled } = useRule()
  const operators = operatorsOf(parseFieldName(comparison.field)?.definition.type)
  const unknown = operators.every(({ op }) => op !== comparison.op)
  return (
    <TextField
      select
      label="Operator"
      value={comparison.op}
      onChange={(event) => {
        const chosen = operators.find(({ op }) => op === event.target.value)
        if (chosen) edit(path, withOp(comparison, chosen.op))
      }}
      error={error !== undefined}
      helperText={error}
      disabled={disabled}
    >
      {unknown && <MenuItem value={comparison.op}>{comparison.op}</MenuItem>}
      {operators.map(({ op, label }) => (
        <MenuItem key={op} value={op}>
          {label}
        </MenuItem>
      ))}
    </TextField>
  )
}
