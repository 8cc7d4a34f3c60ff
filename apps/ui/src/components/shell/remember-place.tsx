'use client'

import LayersClearIcon from '@mui/icons-material/LayersClearOutlined'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { isProblem } from '@/client/problem'
import { environmentsQuery } from '@/client/queries'
import { EmptyState, ErrorState } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { useInterface } from '@/stores/interface-store'

/** Shows the pages of an environment that there is, and remembers it as where the person was last. */
export function RememberPlace({ children }: { children: ReactNode }) {
  const { workspaceId, environmentId } = useEnvironmentPath()
  const visit = useInterface((state) => state.visit)
  const { data, error, refetch } = useQuery(environmentsQuery(workspaceId))
  const may = useMay()
  // Who may see this environment alone may not list all that there are.
  const alone = isProblem(error, 'permission_missing') && may('getEnvironment')
  const known = alone || data?.some(({ id }) => id === environmentId)
  useEffect(() => {
    if (known) visit({ workspaceId, environmentId })
  }, [known, visit, workspaceId, environmentId])
  if (error && !data && !alone) return <ErrorState error={error} onRetry={refetch} />
  if (data && !known)
    return (
      <EmptyState icon={<LayersClearIcon />} title="There is no such environment">
        It was deleted, the address is mistyped, or it belongs to another workspace. Choose one above.
      </EmptyState>
    )
  return children
}
