'use client'

import Box from '@mui/material/Box'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { resourcesQuery } from '@/client/queries'
import { PageHeader } from '@/components/page-header'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { Differences } from './differences'
import { ExampleSettings } from './example-settings'
import { Snippets } from './snippet-view'
import { PLACEHOLDER_KEY, PLACEHOLDER_RESOURCE } from './snippets.ts'
import { useBaseUrl } from './use-base-url'
import { useNewKey } from './use-new-key'

/** How programs ask the gateway, with the address, resource and key that they need. */
export function SdkPage({ wanted }: { wanted: string | undefined }) {
  const path = useEnvironmentPath()
  const may = useMay()
  const address = useBaseUrl()
  const key = useNewKey({ name: 'my-application' })
  const resources = useQuery({ ...resourcesQuery(path), enabled: may('listAiResources') })
  const [chosen, setChosen] = useState<string>()
  const [stream, setStream] = useState(true)
  const names = (resources.data ?? []).filter(({ enabled }) => enabled)
  const resource = (names.find(({ id }) => id === (chosen ?? wanted)) ?? names[0])?.name ?? PLACEHOLDER_RESOURCE
  return (
    <>
      <PageHeader
        title="SDKs"
        description="Applications speak the OpenAI API to the gateway: set the base URL and the key, name an AI resource as the model, and nothing else changes."
      />
      <Box
        sx={{
          display: 'grid',
          columnGap: 2,
          alignItems: 'start',
          mb: 2,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 5fr) minmax(0, 9fr)' },
        }}
      >
        <ExampleSettings
          address={address}
          resources={names}
          loading={resources.isLoading}
          error={resources.error}
          resource={resource}
          onResource={setChosen}
          stream={stream}
          onStream={setStream}
          newKey={key}
        />
        <Snippets example={{ address, resource, stream, apiKey: key.value ?? PLACEHOLDER_KEY }} />
      </Box>
      <Differences />
      {key.dialog}
    </>
  )
}
