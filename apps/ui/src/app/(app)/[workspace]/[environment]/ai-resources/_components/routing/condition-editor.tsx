'use client'

import AddIcon from '@mui/icons-material/Add'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import FormHelperText from '@mui/material/FormHelperText'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { ROUTING_BOUNDS } from '@vm-x/contract'
import { memo, type ReactNode } from 'react'
import { isSame } from '@/components/form/changed-fields'
import { ComparisonRow } from './comparison-row'
import { ConditionMenu } from './condition-menu'
import {
  type ConditionPath,
  type GroupKind,
  groupOf,
  kindOf,
  NEW_COMPARISON,
  partsOf,
  withAdded,
} from './condition-tree'
import type { RuleCondition } from './routing-rule'
import { useRule } from './rule-context'

type ConditionEditorProps = {
  readonly condition: RuleCondition
  readonly path: ConditionPath
  /** How many conditions are around it. */
  readonly depth: number
  /** As it is said to people who hear it, e.g. `1.2`. */
  readonly number: string
}

/** A condition with all that is in it; drawn anew only where it, or its place, has changed. */
export const ConditionEditor = memo(AnyCondition, isSame)

function AnyCondition(props: ConditionEditorProps) {
  const { condition } = props
  if ('field' in condition) return <ComparisonRow {...props} comparison={condition} />
  return 'not' in condition ? <Negation {...props} inner={condition.not} /> : <Group {...props} />
}

function Negation({ condition, inner, path, depth, number }: ConditionEditorProps & { inner: RuleCondition }) {
  return (
    <Frame label={`Negated condition ${number}`}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
        <Typography sx={{ fontWeight: 600, flexGrow: 1 }}>Not</Typography>
        <ConditionMenu condition={condition} path={path} depth={depth} number={number} />
      </Box>
      <ConditionEditor condition={inner} path={[...path, 'not']} depth={depth + 1} number={`${number}.1`} />
    </Frame>
  )
}

function Group({ condition, path, depth, number }: ConditionEditorProps) {
  const { edit, disabled, errorOf } = useRule()
  const kind = kindOf(condition) ?? 'all'
  const parts = partsOf(condition)
  const error = errorOf(['when', ...path], kind)
  return (
    <Frame label={number === '' ? 'Conditions' : `Group ${number}`}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
        <TextField
          select
          value={kind}
          onChange={(event) => edit(path, groupOf(event.target.value as GroupKind, parts))}
          disabled={disabled}
          sx={{ maxWidth: 220 }}
          slotProps={{ select: { 'aria-label': `How group ${number || 'of the rule'} holds` } }}
        >
          <MenuItem value="all">All of these hold</MenuItem>
          <MenuItem value="any">Any of these holds</MenuItem>
        </TextField>
        <Box sx={{ flexGrow: 1 }} />
        {number !== '' && <ConditionMenu condition={condition} path={path} depth={depth} number={number} />}
      </Box>
      {parts.length === 0 && (
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          {kind === 'all' ? 'No condition: it holds for every request.' : 'No condition: it never holds.'}
        </Typography>
      )}
      {parts.map((part, index) => {
        const place = [...path, kind, index]
        return (
          <ConditionEditor
            key={place.join('.')}
            condition={part}
            path={place}
            depth={depth + 1}
            number={number === '' ? `${index + 1}` : `${number}.${index + 1}`}
          />
        )
      })}
      {error && <FormHelperText error>{error}</FormHelperText>}
      <AddButtons condition={condition} path={path} depth={depth} />
    </Frame>
  )
}

type AddButtonsProps = Pick<ConditionEditorProps, 'condition' | 'path' | 'depth'>

/** Adds to a group, or beside a condition that is alone. */
export function AddButtons({ condition, path, depth }: AddButtonsProps) {
  const { edit, disabled } = useRule()
  if (disabled) return null
  const add = (added: RuleCondition) => edit(path, withAdded(condition, added))
  const kind = kindOf(condition)
  return (
    <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
      <Button startIcon={<AddIcon />} onClick={() => add(NEW_COMPARISON)} disabled={depth >= ROUTING_BOUNDS.depth}>
        Add condition
      </Button>
      <Button
        color="secondary"
        startIcon={<AddIcon />}
        onClick={() => add(groupOf(kind === 'any' ? 'all' : 'any', [NEW_COMPARISON]))}
        disabled={depth + 1 >= ROUTING_BOUNDS.depth}
      >
        Add group
      </Button>
    </Box>
  )
}

function Frame({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Box
      role="group"
      aria-label={label}
      sx={{
        display: 'grid',
        gap: 1.5,
        gridTemplateColumns: 'minmax(0, 1fr)',
        borderLeft: 2,
        borderColor: 'divider',
        pl: { xs: 1, sm: 1.5 },
        py: 0.5,
        minWidth: { xs: 210, sm: 360 },
      }}
    >
      {children}
    </Box>
  )
}
