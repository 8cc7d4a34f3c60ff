'use client'

import Box from '@mui/material/Box'
import Skeleton from '@mui/material/Skeleton'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { usePathname, useRouter } from 'next/navigation'
import { isProblem } from '@/client/problem'
import { type AiResource, environmentKey, keysQuery, resourceQuery } from '@/client/queries'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { count } from '@/components/figures'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { notify } from '@/stores/interface-store'
import { deleteResource, lastHourQuery, poolsQuery } from '../queries'
import { forgetDraft } from './drafts'

/** Asks before a resource is deleted, and says who loses it. */
export function DeleteResource({ resource, onClose }: { resource: AiResource; onClose: () => void }) {
  const { id, name } = resource
  const path = useEnvironmentPath()
  const list = `${path.href}/ai-resources`
  const router = useRouter()
  const pathname = usePathname()
  const client = useQueryClient()
  const may = useMay()
  const mayKeys = may('listApiKeys')
  const mayPools = may('getPoolDefinition')
  const keys = useQuery({ ...keysQuery(path), enabled: mayKeys })
  const pools = useQuery({ ...poolsQuery(path), enabled: mayPools })
  const { data: hour } = useQuery({ ...lastHourQuery(path), enabled: may('queryUsage') })
  const naming = keys.data?.filter(({ resources }) => resources !== 'all' && resources.includes(id)) ?? []
  const usingAll = keys.data?.filter(({ resources, enabled }) => resources === 'all' && enabled).length ?? 0
  const itsPools = pools.data?.pools.filter(({ resources }) => resources.includes(id)) ?? []
  const requests = hour?.get(id)?.requests ?? 0
  const remove = async () => {
    try {
      await deleteResource(path, resource)
    } catch (error) {
      // What is asked for again has the version of now: a second try is about what is shown then.
      if (isProblem(error, 'version_mismatch')) await client.invalidateQueries({ queryKey: environmentKey(path) })
      throw error
    }
    forgetDraft(id)
    notify(`${name} is deleted`)
    if (pathname !== list) router.push(list)
    client.removeQueries({ queryKey: resourceQuery(path, id).queryKey })
    void client.invalidateQueries({ queryKey: environmentKey(path) })
  }
  return (
    <ConfirmDialog title={`Delete ${name}?`} action="Delete" typed={name} onConfirm={remove} onClose={onClose}>
      <Box component="ul" sx={{ m: 0, pl: 2.5, display: 'grid', gap: 0.75 }}>
        <li>
          Requests that name it are refused with <code>model_not_found</code> from then on.
          {requests > 0 && ` It was asked ${count(requests)} times in the last hour.`}
        </li>
        {(mayKeys && keys.isPending) || (mayPools && pools.isPending) ? (
          <li>
            <Skeleton width={260} />
          </li>
        ) : (
          <>
            {naming.length > 0 && (
              <li>
                API keys that lose it:{' '}
                {naming
                  .map((key) => (key.resources.length === 1 ? `${key.name} (it has no other)` : key.name))
                  .join(', ')}
                .
              </li>
            )}
            {usingAll > 0 && (
              <li>
                {usingAll === 1 ? 'One API key may' : `${count(usingAll)} API keys may`} use all resources, this one
                among them.
              </li>
            )}
            {itsPools.length > 0 && <li>Pools that lose it: {itsPools.map((pool) => pool.name).join(', ')}.</li>}
            {!mayKeys && <li>API keys that name it lose it. You may not see which those are.</li>}
          </>
        )}
        <li>Its revisions are deleted. Its audit and its usage stay.</li>
      </Box>
    </ConfirmDialog>
  )
}
