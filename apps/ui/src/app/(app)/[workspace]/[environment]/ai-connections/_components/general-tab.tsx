'use client'

import Box from '@mui/material/Box'
import { DEFAULT_TIMEOUTS } from '@vm-x/contract'
import { count } from '@/components/figures'
import { FormSwitch, FormTextField } from '@/components/form/fields'
import { SchemaFields } from '@/components/form/schema-fields'
import { Section } from '@/components/section'
import { fieldsOf } from './connection-values'
import { CredentialField } from './credential-field'
import { ADDRESS_HINT } from './hints'
import type { TabProps } from './tab-props'

const TIMES = [
  ['connectMs', 'To connect', 'Until the connection to the provider stands.'],
  ['firstByteMs', 'To the first byte', 'Until the answer begins; all of it where it is not streamed.'],
  ['firstTokenMs', 'To the first token', 'From the beginning of a stream to its first event.'],
  ['idleMs', 'Between two pieces', 'The longest silence within an answer.'],
] as const

/** What a connection is called, where it leads, with which credential, and how long it waits. */
export function GeneralTab({ provider, control, disabled }: TabProps) {
  const fields = provider && fieldsOf(provider)
  return (
    <>
      <Section title="Connection">
        <Box sx={COLUMN}>
          <FormTextField control={control} name="name" label="Name" required disabled={disabled} autoComplete="off" />
          {fields ? (
            <SchemaFields
              control={control}
              within="config"
              fields={fields.config}
              hints={{ baseUrl: ADDRESS_HINT }}
              placeholders={provider.defaultBaseUrl === null ? {} : { baseUrl: provider.defaultBaseUrl }}
              disabled={disabled}
            />
          ) : (
            <FormTextField control={control} name="config.baseUrl" label="Base URL" disabled={disabled} />
          )}
          <FormSwitch
            control={control}
            name="enabled"
            label="Enabled"
            disabled={disabled}
            helperText="While it is switched off no request goes through it: AI resources fall back to their other models."
          />
        </Box>
      </Section>
      <Section title="Credential" description="Stored sealed and never shown, to nobody.">
        <CredentialField control={control} fields={fields?.credentials ?? []} disabled={disabled} />
      </Section>
      <Section
        title="Time limits"
        description="In milliseconds. An AI resource may set its own. An empty field stands for the default."
      >
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' }, maxWidth: 760 }}>
          {TIMES.map(([name, label, help]) => (
            <FormTextField
              key={name}
              control={control}
              name={`timeouts.${name}`}
              kind="number"
              label={label}
              helperText={help}
              placeholder={`${count(DEFAULT_TIMEOUTS[name])} by default`}
              disabled={disabled}
              slotProps={{ inputLabel: { shrink: true }, htmlInput: { min: 1 } }}
            />
          ))}
        </Box>
      </Section>
    </>
  )
}

const COLUMN = { display: 'grid', gap: 2, maxWidth: 560 } as const
