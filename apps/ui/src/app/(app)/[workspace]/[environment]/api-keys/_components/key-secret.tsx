'use client'

import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import { connectionsQuery, providersQuery, resourcesQuery } from '@/client/queries'
import { CodeBlock } from '@/components/code-block'
import { SecretOnce } from '@/components/secret-once'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import type { KeyWithValue } from '../queries'

type KeySecretProps = { readonly apiKey: KeyWithValue; readonly title: string; readonly onClose: () => void }

/** Shows the value of a key, once, with a first request to try it. */
export function KeySecret({ apiKey, title, onClose }: KeySecretProps) {
  const model = useCallableModel(apiKey)
  return (
    <SecretOnce title={title} label="key" value={apiKey.value} onClose={onClose}>
      <Typography sx={{ mb: 1 }}>
        {model === undefined ? 'It may call nothing yet: give it an AI resource first.' : 'Try it:'}
      </Typography>
      <CodeBlock label="a first request" code={curl(apiKey.value, model ?? 'name-of-an-ai-resource')} maxHeight={200} />
    </SecretOnce>
  )
}

const curl = (value: string, model: string) =>
  [
    `curl ${window.location.origin}/v1/chat/completions \\`,
    `  -H 'authorization: Bearer ${value}' \\`,
    `  -H 'content-type: application/json' \\`,
    `  -d '{"model":"${model}","messages":[{"role":"user","content":"Hello"}]}'`,
  ].join('\n')

/** The name of something that the key may call, as far as this person may see it. */
function useCallableModel({ resources, connections }: KeyWithValue): string | undefined {
  const path = useEnvironmentPath()
  const may = useMay()
  const known = useQuery({ ...resourcesQuery(path), enabled: may('listAiResources') })
  const direct = useQuery({ ...connectionsQuery(path), enabled: connections.length > 0 && may('listAiConnections') })
  const providers = useQuery({ ...providersQuery(path), enabled: connections.length > 0 && may('listProviders') })
  const resource = known.data?.find(({ id, enabled }) => enabled && (resources === 'all' || resources.includes(id)))
  if (resource) return resource.name
  const connection = direct.data?.find(({ id }) => connections.includes(id))
  if (!connection) return resources === 'all' || resources.length > 0 ? 'name-of-an-ai-resource' : undefined
  const provider = providers.data?.find(({ id }) => id === connection.provider)
  return `${connection.name}/${connection.allowedModels?.[0] ?? provider?.defaultModels[0] ?? 'model'}`
}
