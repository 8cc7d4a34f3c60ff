'use client'

import Box from '@mui/material/Box'
import FormControlLabel from '@mui/material/FormControlLabel'
import Radio from '@mui/material/Radio'
import RadioGroup from '@mui/material/RadioGroup'
import { useState } from 'react'
import { type Control, useController, useFormState } from 'react-hook-form'
import { firstErrorIn } from '@/components/form/errors-by-path'
import type { KeyValues } from './key-values'
import { type Item, PickList } from './pick-list'

type ResourcesFieldProps = {
  readonly control: Control<KeyValues>
  readonly items: readonly Item[]
  readonly disabled: boolean
}

/** All AI resources, also later ones, or only those that are named. */
export function ResourcesField({ control, items, disabled }: ResourcesFieldProps) {
  const { field } = useController({ control, name: 'resources' })
  const { errors } = useFormState({ control })
  // Whoever looks at the other choice does not lose what was chosen.
  const [chosen, setChosen] = useState<string[]>(field.value === 'all' ? [] : field.value)
  return (
    <Box>
      <RadioGroup
        aria-label="AI resources"
        value={field.value === 'all' ? 'all' : 'some'}
        onChange={(_, value) => field.onChange(value === 'all' ? 'all' : chosen)}
      >
        <FormControlLabel
          value="all"
          control={<Radio size="small" />}
          disabled={disabled}
          label="All AI resources, also those made later"
        />
        <FormControlLabel
          value="some"
          control={<Radio size="small" />}
          disabled={disabled}
          label="Only these AI resources"
        />
      </RadioGroup>
      {field.value !== 'all' && (
        <Box sx={{ mt: 1 }}>
          <PickList
            label="AI resources"
            help={field.value.length === 0 ? 'None is named: it may call no AI resource.' : undefined}
            items={items}
            value={field.value}
            error={firstErrorIn(errors, 'resources')}
            disabled={disabled}
            onBlur={field.onBlur}
            onChange={(ids) => {
              setChosen(ids)
              field.onChange(ids)
            }}
          />
        </Box>
      )}
    </Box>
  )
}
