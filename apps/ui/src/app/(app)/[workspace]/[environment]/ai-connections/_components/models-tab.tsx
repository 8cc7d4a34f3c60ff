'use client'

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import { useQuery } from '@tanstack/react-query'
import { connectionModelsQuery } from '@/components/connection-models-query'
import { Section } from '@/components/section'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { AllowedModelsField } from './allowed-models-field'
import { ModelSettingsField } from './model-settings-field'
import type { TabProps } from './tab-props'

/** Which models may be called, and what is known of each. */
export function ModelsTab({ connection, provider, control, disabled }: TabProps) {
  const path = useEnvironmentPath()
  const may = useMay()
  const offered = useQuery({
    ...connectionModelsQuery(path, connection.id),
    enabled: may('listAiConnectionModels', { aiConnectionId: connection.id }),
  })
  const known = [...new Set([...(offered.data?.items.map(({ id }) => id) ?? []), ...(provider?.defaultModels ?? [])])]
  return (
    <>
      <Section title="Allowed models" description="Any other model is refused, whoever asks for it.">
        {offered.data?.error && (
          <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
            The provider gave no list of its models, so type their names. {offered.data.error.message}
          </Alert>
        )}
        <Box sx={{ maxWidth: 640 }}>
          <AllowedModelsField control={control} known={known} disabled={disabled} />
        </Box>
      </Section>
      <Section
        title="Settings of models"
        description="Sizes let long requests fall back to a model that can hold them. Limits here are on top of those of the connection."
      >
        <ModelSettingsField connectionId={connection.id} control={control} known={known} disabled={disabled} />
      </Section>
    </>
  )
}
