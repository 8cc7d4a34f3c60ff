'use client'

import Box from '@mui/material/Box'
import Checkbox from '@mui/material/Checkbox'
import FormControlLabel from '@mui/material/FormControlLabel'
import FormHelperText from '@mui/material/FormHelperText'
import Radio from '@mui/material/Radio'
import RadioGroup from '@mui/material/RadioGroup'
import Typography from '@mui/material/Typography'
import { Section } from '@/components/section'
import type { ResourceValues } from './resource-form'

type On = ResourceValues['fallback']['on']
type Cause = NonNullable<On>[number]

type FallbackCausesProps = {
  readonly on: On
  readonly onChange: (on: On) => void
  readonly error: string | undefined
  readonly readOnly: boolean
}

/** The errors after which the next target is tried. */
export function FallbackCauses({ on, onChange, error, readOnly }: FallbackCausesProps) {
  const toggle = (cause: Cause, wanted: boolean) =>
    onChange(ALL.filter((each) => (each === cause ? wanted : on?.includes(each))))
  return (
    <Section
      title="After which errors"
      description="Errors that no other target could cure, such as a request that can not be understood, never lead to a fallback."
    >
      <RadioGroup
        aria-label="After which errors"
        value={on === null ? 'any' : 'some'}
        onChange={(_, choice) => onChange(choice === 'any' ? null : ALL)}
      >
        <FormControlLabel
          value="any"
          control={<Radio size="small" />}
          disabled={readOnly}
          label="After any error that another target may cure"
        />
        <FormControlLabel
          value="some"
          control={<Radio size="small" />}
          disabled={readOnly}
          label="Only after those that are chosen"
        />
      </RadioGroup>
      {on !== null && (
        <Box
          role="group"
          aria-label="Chosen errors"
          sx={{ mt: 1, pl: { xs: 0, sm: 3.5 }, display: 'grid', gap: 1, gridTemplateColumns: { md: '1fr 1fr' } }}
        >
          {ALL.map((cause) => (
            <FormControlLabel
              key={cause}
              sx={{ alignItems: 'flex-start', mr: 0 }}
              disabled={readOnly}
              control={
                <Checkbox
                  size="small"
                  checked={on.includes(cause)}
                  onChange={(_, wanted) => toggle(cause, wanted)}
                  sx={{ py: 0.25 }}
                />
              }
              label={
                <>
                  <code>{cause}</code>
                  <Typography variant="body2" sx={{ color: 'text.secondary' }}>
                    {CAUSES[cause]}
                  </Typography>
                </>
              }
            />
          ))}
        </Box>
      )}
      {error && <FormHelperText error>{error}</FormHelperText>}
    </Section>
  )
}

/** In the words of the reference of errors. */
const CAUSES: Readonly<Record<Cause, string>> = {
  target_busy: 'A limit of the connection, or of its model, is reached.',
  provider_rate_limited: 'The provider answered 429, or has done so less than a minute ago and named a time.',
  provider_unavailable:
    'The provider could not be reached, answered with 500 or above, or has failed so often that it is not asked for a while.',
  provider_timeout: 'The provider did not answer within the time limits.',
  provider_auth_failed: 'The provider refused the connection’s credential.',
  provider_bad_answer: 'The provider answered with something that can not be read.',
  unsupported_parameter: 'The target can not do what the request asks for.',
  context_length_exceeded: 'The request is too long for the model: only one that is known to take more is tried.',
}

const ALL = Object.keys(CAUSES) as Cause[]
