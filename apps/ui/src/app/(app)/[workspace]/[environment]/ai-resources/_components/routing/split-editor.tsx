'use client'

import AddIcon from '@mui/icons-material/Add'
import DeleteIcon from '@mui/icons-material/DeleteOutlined'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import FormControlLabel from '@mui/material/FormControlLabel'
import FormHelperText from '@mui/material/FormHelperText'
import IconButton from '@mui/material/IconButton'
import InputAdornment from '@mui/material/InputAdornment'
import Switch from '@mui/material/Switch'
import Tooltip from '@mui/material/Tooltip'
import Typography from '@mui/material/Typography'
import { TargetPicker } from '@/components/target-picker'
import { nameOfField } from './field-catalogue'
import { FieldPicker } from './field-picker'
import { NumberField } from './number-field'
import type { SplitAction } from './routing-rule'
import { useRule } from './rule-context'
import { addsUp, distributedEvenly, MOST_PARTS, sumOfWeights } from './split-weights'

type SplitEditorProps = { readonly action: SplitAction; readonly onChange: (action: SplitAction) => void }
type Part = SplitAction['split'][number]

/** Targets with their weights, and what tells callers apart that shall stay at one of them. */
export function SplitEditor({ action, onChange }: SplitEditorProps) {
  const { disabled, primary, errorOf } = useRule()
  const { split } = action
  const setSplit = (next: Part[]) => onChange({ ...action, split: next })
  const error = errorOf(['then', 'split'])
  const sum = sumOfWeights(split)
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      {split.map((part, index) => (
        <SplitPart
          // biome-ignore lint/suspicious/noArrayIndexKey: targets may be the same twice, and hold nothing of their own
          key={`part ${index + 1}`}
          part={part}
          index={index}
          removable={split.length > 1}
          onChange={(next) => setSplit(next ? split.with(index, next) : split.toSpliced(index, 1))}
        />
      ))}
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
        <Typography
          aria-live="polite"
          className="figures"
          sx={{ fontWeight: 600, flexGrow: 1, color: addsUp(split) ? 'text.primary' : 'error.main' }}
        >
          {Number.isNaN(sum) ? 'A weight is no number' : `Sum ${sum}%${addsUp(split) ? '' : ': must be 100%'}`}
        </Typography>
        {!disabled && (
          <>
            <Button color="secondary" onClick={() => setSplit(distributedEvenly(split))}>
              Distribute evenly
            </Button>
            <Button
              startIcon={<AddIcon />}
              onClick={() => setSplit([...split, { target: primary, weight: 0 }])}
              disabled={split.length >= MOST_PARTS}
            >
              Add target
            </Button>
          </>
        )}
      </Box>
      {error && addsUp(split) && <FormHelperText error>{error}</FormHelperText>}
      <Sticky action={action} onChange={onChange} />
    </Box>
  )
}

type SplitPartProps = {
  readonly part: Part
  readonly index: number
  readonly removable: boolean
  readonly onChange: (part: Part | undefined) => void
}

function SplitPart({ part, index, removable, onChange }: SplitPartProps) {
  const { connections, disabled, errorOf } = useRule()
  const path = ['then', 'split', index]
  const weightError = errorOf([...path, 'weight'])
  return (
    <Box sx={{ display: 'flex', gap: 1.5, alignItems: 'flex-start', flexWrap: { xs: 'wrap', sm: 'nowrap' } }}>
      <NumberField
        label="Weight"
        value={part.weight}
        onChange={(weight) => onChange({ ...part, weight })}
        disabled={disabled}
        error={weightError !== undefined}
        helperText={weightError}
        sx={{ width: 104, flexShrink: 0 }}
        slotProps={{
          input: { endAdornment: <InputAdornment position="end">%</InputAdornment> },
          htmlInput: { 'aria-label': `Weight of target ${index + 1} in percent` },
        }}
      />
      <Box
        sx={{ flexGrow: 1, minWidth: 0, flexBasis: { xs: 'calc(100% - 48px)', sm: 'auto' }, order: { xs: 1, sm: 0 } }}
      >
        <TargetPicker
          label={`Target ${index + 1}`}
          value={part.target}
          onChange={(target) => onChange({ ...part, target })}
          connections={connections}
          error={errorOf(path) ?? errorOf([...path, 'target'], 'connectionId', 'model')}
          disabled={disabled}
        />
      </Box>
      {!disabled && (
        <Tooltip title="Remove">
          <span>
            <IconButton
              aria-label={`Remove target ${index + 1}`}
              onClick={() => onChange(undefined)}
              disabled={!removable}
              sx={{ mt: 0.25 }}
            >
              <DeleteIcon fontSize="small" />
            </IconButton>
          </span>
        </Tooltip>
      )}
    </Box>
  )
}

function Sticky({ action, onChange }: SplitEditorProps) {
  const { disabled, errorOf } = useRule()
  const { sticky } = action
  return (
    <Box sx={{ display: 'grid', gap: 1, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <FormControlLabel
        label="The same value of a field always gets the same target"
        control={
          <Switch
            checked={sticky !== undefined}
            onChange={(_, on) => onChange(on ? { ...action, sticky: 'request.user' } : { split: action.split })}
            disabled={disabled}
          />
        }
      />
      {sticky !== undefined && (
        <Box sx={{ maxWidth: 480 }}>
          <FieldPicker
            label="Field"
            value={sticky}
            onChange={(field) => onChange({ ...action, sticky: nameOfField(field) })}
            textOnly
            error={errorOf(['then', 'sticky'])}
            disabled={disabled}
          />
          <FormHelperText>A request without a value goes where chance decides.</FormHelperText>
        </Box>
      )}
    </Box>
  )
}
