'use client'

import Box from '@mui/material/Box'
import FormControlLabel from '@mui/material/FormControlLabel'
import InputAdornment from '@mui/material/InputAdornment'
import Switch from '@mui/material/Switch'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'
import { ActionEditor } from './action-editor'
import { NumberField } from './number-field'
import type { RoutingRule } from './routing-rule'
import { useRule } from './rule-context'
import { WhenEditor } from './when-editor'

type RuleFormProps = { readonly rule: RoutingRule; readonly onChange: (rule: RoutingRule) => void }

/** All that a rule consists of. */
export function RuleForm({ rule, onChange }: RuleFormProps) {
  const { disabled, errorOf } = useRule()
  const descriptionError = errorOf(['description'])
  const trafficError = errorOf(['traffic'])
  return (
    <Box sx={{ display: 'grid', gap: 2.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Box
        sx={{
          display: 'grid',
          gap: 1.5,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'minmax(0, 1fr) 128px auto' },
          alignItems: 'start',
        }}
      >
        <TextField
          label="Description"
          value={rule.description}
          onChange={(event) => onChange({ ...rule, description: event.target.value })}
          disabled={disabled}
          error={descriptionError !== undefined}
          helperText={descriptionError}
          slotProps={{ htmlInput: { maxLength: 500 } }}
        />
        <NumberField
          label="Traffic"
          value={rule.traffic}
          onChange={(traffic) => onChange({ ...rule, traffic })}
          disabled={disabled}
          error={trafficError !== undefined}
          helperText={trafficError ?? (rule.traffic < 100 ? 'The others go on' : undefined)}
          slotProps={{
            input: { endAdornment: <InputAdornment position="end">%</InputAdornment> },
            htmlInput: { 'aria-label': 'Traffic: percent of the matching requests that the rule applies to' },
          }}
        />
        <FormControlLabel
          label="Enabled"
          control={
            <Switch
              checked={rule.enabled}
              onChange={(_, enabled) => onChange({ ...rule, enabled })}
              disabled={disabled}
            />
          }
        />
      </Box>
      <Part title="When">
        <WhenEditor when={rule.when} onChange={(when) => onChange({ ...rule, when })} />
      </Part>
      <Part title="Then">
        <ActionEditor then={rule.then} onChange={(then) => onChange({ ...rule, then })} />
      </Part>
    </Box>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box sx={{ minWidth: 0 }}>
      <Typography variant="h3" component="h2" sx={{ mb: 1 }}>
        {title}
      </Typography>
      {children}
    </Box>
  )
}
