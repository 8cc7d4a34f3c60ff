'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Skeleton from '@mui/material/Skeleton'
import Typography from '@mui/material/Typography'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { type AiResource, environmentKey } from '@/client/queries'
import { ProblemAlert } from '@/components/problem-alert'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { permissionOf, useMay } from '@/session/use-permission'
import { FORM_HEIGHT } from './form-height.ts'
import { NotPermitted } from './not-permitted'
import { connectDemo, type Existing } from './setup'

const ProviderForm = dynamic(() => import('./provider-form').then((module) => module.ProviderForm), {
  ssr: false,
  loading: () => <Skeleton variant="rounded" height={FORM_HEIGHT} />,
})

type ConnectStepProps = { readonly existing: Existing; readonly onResource: (resource: AiResource) => void }

/** Makes the first connection and a resource with it: the demo provider, or one with a key. */
export function ConnectStep({ existing, onResource }: ConnectStepProps) {
  const path = useEnvironmentPath()
  const may = useMay()
  const client = useQueryClient()
  const refresh = () => client.invalidateQueries({ queryKey: environmentKey(path) })
  const demo = useMutation({
    mutationFn: () => connectDemo(path, existing),
    onSuccess: onResource,
    // What was made before something failed is there.
    onSettled: refresh,
  })
  const missing = (['createAiConnection', 'createAiResource'] as const).filter((operation) => !may(operation))
  if (missing.length > 0)
    return <NotPermitted what="connect providers" permissions={missing.map((operation) => permissionOf(operation))} />
  return (
    <Box
      sx={{
        display: 'grid',
        gap: { xs: 3, md: 4 },
        alignItems: 'start',
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'minmax(0, 2fr) minmax(0, 3fr)' },
      }}
    >
      <Box>
        <Typography variant="h3">Without a key</Typography>
        <Typography variant="body2" sx={{ color: 'text.secondary', mt: 0.5, mb: 1.5 }}>
          The demo provider is built in and answers at once. It asks no model and costs nothing: everything else, rules,
          limits, records, is real.
        </Typography>
        <ProblemAlert error={demo.error} />
        <Button variant="contained" loading={demo.isPending} onClick={() => demo.mutate()}>
          Use the demo provider
        </Button>
      </Box>
      <Box>
        <Typography variant="h3" sx={{ mb: 1.5 }}>
          With a provider’s key
        </Typography>
        <ProviderForm existing={existing} onResource={onResource} onSettled={refresh} />
      </Box>
    </Box>
  )
}
