'use client'

import AddIcon from '@mui/icons-material/Add'
import DeleteIcon from '@mui/icons-material/DeleteOutlined'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import FormHelperText from '@mui/material/FormHelperText'
import IconButton from '@mui/material/IconButton'
import TextField from '@mui/material/TextField'
import Tooltip from '@mui/material/Tooltip'
import Typography from '@mui/material/Typography'
import { useRef } from 'react'
import { Section } from '@/components/section'
import { targetError } from '@/components/target-error'
import { TargetPicker } from './lazy-target-picker'
import type { ResourceValues, TabProps } from './resource-form'

type Secondary = ResourceValues['secondaryModels'][number]

const MOST = 20

/** Named alternatives that a caller may ask for. */
export function SecondaryModels({ values, set, errors, connections, readOnly }: TabProps) {
  const add = useRef<HTMLButtonElement>(null)
  const models = values.secondaryModels
  const change = (index: number, next: Partial<Secondary>) =>
    set(
      'secondaryModels',
      models.map((model, at) => (at === index ? { ...model, ...next } : model)),
    )
  return (
    <Section
      title="Secondary models"
      description={
        <>
          Alternatives that a client may ask for instead of the primary model, by name or index:{' '}
          <code>{`"vmx": { "secondaryModel": "${models[0]?.name ?? '0'}" }`}</code>. Routing rules still decide first.
        </>
      }
    >
      <Box sx={{ display: 'grid', gap: 2.5 }}>
        {models.map((model, index) => {
          const path = `secondaryModels.${index}`
          const label = `Secondary model ${model.name ?? index}`
          return (
            <Box
              // They have no identity but their place.
              // biome-ignore lint/suspicious/noArrayIndexKey: it is what clients name them by
              key={index}
              sx={{
                display: 'grid',
                gap: 1.5,
                gridTemplateColumns: { xs: 'minmax(0, 1fr) auto', md: '24px minmax(0, 1fr) minmax(0, 3fr) auto' },
                alignItems: 'start',
              }}
            >
              <Typography
                className="figures"
                sx={{ color: 'text.secondary', pt: 1, display: { xs: 'none', md: 'block' } }}
                aria-hidden
              >
                {index}
              </Typography>
              <TextField
                label="Name"
                value={model.name ?? ''}
                onChange={(event) => change(index, { name: event.target.value === '' ? null : event.target.value })}
                error={errors[`${path}.name`] !== undefined}
                helperText={errors[`${path}.name`] ?? `or index ${index}`}
                slotProps={{
                  input: { readOnly },
                  htmlInput: { 'aria-label': `Name of secondary model ${index}`, spellCheck: false, maxLength: 64 },
                }}
              />
              <Box sx={{ gridColumn: { xs: '1 / -1', md: 'auto' }, gridRow: { xs: 2, md: 'auto' }, minWidth: 0 }}>
                <TargetPicker
                  label={label}
                  value={model}
                  onChange={(target) => change(index, target)}
                  connections={connections}
                  error={targetError(errors, path)}
                  disabled={readOnly}
                />
              </Box>
              {!readOnly && (
                <Tooltip title="Remove">
                  <IconButton
                    aria-label={`Remove ${label.toLowerCase()}`}
                    onClick={() => {
                      set(
                        'secondaryModels',
                        models.filter((_, at) => at !== index),
                      )
                      add.current?.focus()
                    }}
                    sx={{ mt: 0.25 }}
                  >
                    <DeleteIcon fontSize="small" />
                  </IconButton>
                </Tooltip>
              )}
            </Box>
          )
        })}
        {errors.secondaryModels && <FormHelperText error>{errors.secondaryModels}</FormHelperText>}
        {models.length === 0 && readOnly && <Typography sx={{ color: 'text.secondary' }}>None.</Typography>}
        {!readOnly && (
          <div>
            <Button
              ref={add}
              variant="outlined"
              startIcon={<AddIcon />}
              disabled={models.length >= MOST}
              onClick={() => set('secondaryModels', [...models, { name: null, connectionId: '', model: '' }])}
            >
              Add a secondary model
            </Button>
          </div>
        )}
      </Box>
    </Section>
  )
}
