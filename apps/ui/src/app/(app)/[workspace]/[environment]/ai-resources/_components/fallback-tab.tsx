'use client'

import AddIcon from '@mui/icons-material/Add'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import FormControlLabel from '@mui/material/FormControlLabel'
import FormHelperText from '@mui/material/FormHelperText'
import Switch from '@mui/material/Switch'
import Typography from '@mui/material/Typography'
import { useRef } from 'react'
import { Section } from '@/components/section'
import { FallbackCauses } from './fallback-causes'
import { fallbackStates, moved } from './fallback-order'
import { FallbackRow } from './fallback-row'
import type { ResourceValues, TabProps } from './resource-form'
import { TriedOrder } from './tried-order'

type Fallback = ResourceValues['fallback']

const MOST = 20

/** What is tried, in which order, after a target has failed. */
export function FallbackTab({ values, set, errors, connections, readOnly }: TabProps) {
  const add = useRef<HTMLButtonElement>(null)
  const { fallback } = values
  const { models, enabled } = fallback
  const change = (next: Partial<Fallback>) => set('fallback', { ...fallback, ...next })
  const states = fallbackStates(values.model, models, connections)
  return (
    <>
      <Section
        title="Fallback chain"
        description="When a target fails before the first byte of its answer has gone to the client, the next one is tried. The client does not notice."
      >
        <FormControlLabel
          label="Fall back to another target"
          control={<Switch checked={enabled} disabled={readOnly} onChange={(_, on) => change({ enabled: on })} />}
        />
        {errors['fallback.models'] && <FormHelperText error>{errors['fallback.models']}</FormHelperText>}
        {models.length > 0 && (
          <Box component="ol" aria-label="Fallback chain" sx={{ m: 0, mt: 2, p: 0, listStyle: 'none' }}>
            {models.map((target, index) => (
              <FallbackRow
                // They have no identity but their place.
                // biome-ignore lint/suspicious/noArrayIndexKey: two may be alike
                key={index}
                index={index}
                count={models.length}
                target={target}
                state={states[index] ?? 'tried'}
                errors={errors}
                connections={connections}
                readOnly={readOnly}
                onChange={(next) => change({ models: models.map((model, at) => (at === index ? next : model)) })}
                onMove={(to) => change({ models: moved(models, index, to) })}
                onRemove={() => {
                  change({ models: models.filter((_, at) => at !== index) })
                  add.current?.focus()
                }}
              />
            ))}
          </Box>
        )}
        {models.length === 0 && (
          <Typography variant="body2" sx={{ color: 'text.secondary', my: 1.5 }}>
            No target is in the chain: when the one that was chosen fails, its error goes to the client.
          </Typography>
        )}
        {!readOnly && (
          <Button
            ref={add}
            variant="outlined"
            startIcon={<AddIcon />}
            disabled={models.length >= MOST}
            onClick={() => change({ enabled: true, models: [...models, { connectionId: '', model: '' }] })}
            sx={{ mt: 1 }}
          >
            Add a target
          </Button>
        )}
      </Section>
      <FallbackCauses
        on={fallback.on}
        onChange={(on) => change({ on })}
        error={errors['fallback.on']}
        readOnly={readOnly}
      />
      <TriedOrder values={values} connections={connections} />
    </>
  )
}
