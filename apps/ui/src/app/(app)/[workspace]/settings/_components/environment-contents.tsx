'use client'

import Box from '@mui/material/Box'
import { useQuery } from '@tanstack/react-query'
import { connectionsQuery, type EnvironmentPath, keysQuery, resourcesQuery } from '@/client/queries'
import { useMay } from '@/session/use-permission'

/** What is in an environment, by name, as far as who is signed in may see it. */
export function EnvironmentContents({ path }: { path: EnvironmentPath }) {
  const may = useMay()
  const keys = useQuery({ ...keysQuery(path), enabled: may('listApiKeys', path) })
  const resources = useQuery({ ...resourcesQuery(path), enabled: may('listAiResources', path) })
  const connections = useQuery({ ...connectionsQuery(path), enabled: may('listAiConnections', path) })
  if ([keys, resources, connections].every(({ data }) => data?.length === 0))
    return <Box sx={{ my: 1 }}>Nothing is in it.</Box>
  return (
    <Box component="ul" aria-live="polite" sx={{ my: 1, pl: 2.5 }}>
      <Line items={keys.data} failed={!keys.isEnabled || keys.isError} one="API key" many="API keys" />
      <Line
        items={resources.data}
        failed={!resources.isEnabled || resources.isError}
        one="AI resource"
        many="AI resources"
      />
      <Line
        items={connections.data}
        failed={!connections.isEnabled || connections.isError}
        one="AI connection"
        many="AI connections"
      />
    </Box>
  )
}

type LineProps = {
  readonly items: readonly { readonly id: string; readonly name: string }[] | undefined
  readonly failed: boolean
  readonly one: string
  readonly many: string
}

const NAMED = 8

function Line({ items, failed, one, many }: LineProps) {
  if (!items) return <li>{failed ? `${many} that you may not see` : `${many}: counting`}</li>
  if (items.length === 0) return <li>no {many}</li>
  const names = items.slice(0, NAMED).map(({ name }) => name)
  const more = items.length - names.length
  return (
    <li>
      <strong>
        {items.length} {items.length === 1 ? one : many}
      </strong>
      : {names.join(', ')}
      {more > 0 && ` and ${more} more`}
    </li>
  )
}
