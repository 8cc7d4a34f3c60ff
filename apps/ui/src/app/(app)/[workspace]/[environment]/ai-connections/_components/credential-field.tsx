'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Typography from '@mui/material/Typography'
import { type Control, useController, useWatch } from 'react-hook-form'
import { SchemaFields } from '@/components/form/schema-fields'
import type { SchemaField } from '@/components/form/schema-problems'
import type { ConnectionValues } from './connection-values'
import { KEY_HINT } from './hints'

type CredentialFieldProps = {
  readonly control: Control<ConnectionValues>
  readonly fields: readonly SchemaField[]
  readonly disabled: boolean
}

/** Whether there is a credential, and the way to replace or remove it. */
export function CredentialField({ control, fields, disabled }: CredentialFieldProps) {
  const choice = useController({ control, name: 'credentialChoice' })
  // What the API says of the credential as a whole.
  const whole = useController({ control, name: 'credentials' })
  const stored = useWatch({ control, name: 'stored' })
  const choose = (next: ConnectionValues['credentialChoice']) => {
    choice.field.onChange(next)
    if (next !== 'replace') whole.field.onChange({})
  }
  const isRequired = fields.some(({ required }) => required)
  const value = choice.field.value
  const wrong = choice.fieldState.error?.message ?? whole.fieldState.error?.message
  return (
    <Box sx={{ display: 'grid', gap: 1.5, maxWidth: 560 }}>
      <Typography aria-live="polite">
        {value === 'keep' && (stored.credential ? 'A credential is stored.' : 'No credential is stored.')}
        {value === 'remove' && 'The credential is removed when you save.'}
        {value === 'replace' &&
          (stored.credential ? 'It takes the place of the stored one when you save.' : 'It is stored when you save.')}
      </Typography>
      {value === 'replace' && (
        <SchemaFields
          control={control}
          within="credentials"
          fields={fields}
          hints={{ apiKey: KEY_HINT }}
          disabled={disabled}
        />
      )}
      {wrong && (
        <Typography role="alert" variant="body2" sx={{ color: 'error.main' }}>
          {wrong}
        </Typography>
      )}
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        {value === 'keep' && (
          <Button variant="outlined" disabled={disabled || fields.length === 0} onClick={() => choose('replace')}>
            {stored.credential ? 'Replace' : 'Add a credential'}
          </Button>
        )}
        {value === 'keep' && stored.credential && !isRequired && (
          <Button variant="outlined" color="error" disabled={disabled} onClick={() => choose('remove')}>
            Remove
          </Button>
        )}
        {value !== 'keep' && (
          <Button color="secondary" onClick={() => choose('keep')}>
            {stored.credential ? 'Keep the stored one' : 'Leave it without'}
          </Button>
        )}
      </Box>
    </Box>
  )
}
