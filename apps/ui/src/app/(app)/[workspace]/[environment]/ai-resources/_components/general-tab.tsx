'use client'

import Box from '@mui/material/Box'
import FormControlLabel from '@mui/material/FormControlLabel'
import FormHelperText from '@mui/material/FormHelperText'
import Switch from '@mui/material/Switch'
import { FormTextField } from '@/components/form/fields'
import { Section } from '@/components/section'
import { targetError } from '@/components/target-error'
import { TargetPicker } from './lazy-target-picker'
import type { TabProps } from './resource-form'
import { SecondaryModels } from './secondary-models'

type GeneralTabProps = TabProps & {
  /** The name that clients use now; undefined of a new resource. */
  readonly savedName: string | undefined
}

export function GeneralTab({ savedName, ...tab }: GeneralTabProps) {
  const { form, values, set, errors, connections, readOnly } = tab
  const renamed = savedName !== undefined && values.name !== savedName
  return (
    <>
      <Section title="What clients see">
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', md: '1fr 2fr' }, alignItems: 'start' }}>
          <FormTextField
            control={form.control}
            name="name"
            label="Name"
            required
            autoComplete="off"
            helperText={
              renamed
                ? `Clients that ask for “${savedName}” are refused once this is saved`
                : 'Clients pass it as their model'
            }
            slotProps={{ input: { readOnly }, htmlInput: { spellCheck: false, maxLength: 64 } }}
          />
          <FormTextField
            control={form.control}
            name="description"
            label="Description"
            helperText="What it is for, in words for your colleagues"
            multiline
            maxRows={5}
            slotProps={{ input: { readOnly }, htmlInput: { maxLength: 1000 } }}
          />
        </Box>
        <Box sx={{ mt: 1.5 }}>
          <FormControlLabel
            label="Enabled"
            control={
              <Switch checked={values.enabled} disabled={readOnly} onChange={(_, enabled) => set('enabled', enabled)} />
            }
          />
          <FormHelperText sx={{ mt: -0.5 }}>
            {values.enabled
              ? 'Requests that name it are answered'
              : 'Requests that name it are refused with model_not_found'}
          </FormHelperText>
        </Box>
      </Section>
      <Section
        title="Primary model"
        description="Answers whenever no routing rule decides otherwise. Another can take over when it fails: see the fallback chain."
      >
        <TargetPicker
          label="Primary model"
          value={values.model}
          onChange={(model) => set('model', model)}
          connections={connections}
          error={targetError(errors, 'model')}
          disabled={readOnly}
        />
      </Section>
      <SecondaryModels {...tab} />
    </>
  )
}
