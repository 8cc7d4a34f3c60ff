'use client'

import Box from '@mui/material/Box'
import { useQuery } from '@tanstack/react-query'
import type { Control } from 'react-hook-form'
import { connectionsQuery, resourcesQuery } from '@/client/queries'
import { FormSwitch, FormTextField } from '@/components/form/fields'
import { FormLimits } from '@/components/form/form-limits'
import { Section } from '@/components/section'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { ExpiryField } from './expiry-field'
import type { KeyValues } from './key-values'
import { PickField } from './pick-field'
import { ResourcesField } from './resources-field'
import { WordsField } from './words-field'

type KeyFieldsProps = {
  readonly control: Control<KeyValues>
  readonly disabled?: boolean
  /** A new key is switched on. */
  readonly isNew?: boolean
}

/** All that can be set of a key. */
export function KeyFields({ control, disabled = false, isNew = false }: KeyFieldsProps) {
  const path = useEnvironmentPath()
  const may = useMay()
  const resources = useQuery({ ...resourcesQuery(path), enabled: may('listAiResources') })
  const connections = useQuery({ ...connectionsQuery(path), enabled: may('listAiConnections') })
  return (
    <>
      <Section title="Key">
        <Box sx={COLUMN}>
          <FormTextField
            control={control}
            name="name"
            label="Name"
            required
            disabled={disabled}
            autoComplete="off"
            helperText="Who uses it, e.g. the program. Up to 64 letters, digits, dots, dashes and underscores."
          />
          <FormTextField control={control} name="description" label="Description" disabled={disabled} multiline />
          {!isNew && (
            <FormSwitch
              control={control}
              name="enabled"
              label="Enabled"
              disabled={disabled}
              helperText="While it is switched off, every request with it is refused with 401."
            />
          )}
        </Box>
      </Section>
      <Section title="What it may call" description="A client passes the name of an AI resource as “model”.">
        <Box sx={COLUMN}>
          <ResourcesField control={control} items={resources.data ?? []} disabled={disabled} />
          <PickField
            control={control}
            name="connections"
            label="AI connections, called directly"
            help="Their models may be called as “connection/model”, past the routing of AI resources. None: only AI resources."
            items={connections.data ?? []}
            disabled={disabled}
          />
          <WordsField
            control={control}
            name="labels"
            label="Labels"
            help="Routing rules can ask for them, as “apiKey.labels”. Press Enter after each."
            disabled={disabled}
          />
        </Box>
      </Section>
      <Section title="From where and until when">
        <Box sx={COLUMN}>
          <WordsField
            control={control}
            name="allowedCidrs"
            label="Addresses"
            help="Addresses or ranges such as 203.0.113.0/24 that it may be used from. None: from anywhere."
            disabled={disabled}
          />
          <ExpiryField control={control} disabled={disabled} />
        </Box>
      </Section>
      <Section title="Limits" description="For all requests with this key together.">
        <FormLimits control={control} disabled={disabled} />
      </Section>
    </>
  )
}

const COLUMN = { display: 'grid', gap: 2, maxWidth: 600 } as const
