'use client'

import RefreshIcon from '@mui/icons-material/Refresh'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { usageQuery, workspacesQuery } from '@/client/queries'
import { FilterSelect } from '@/components/filter-fields'
import { nameIn } from '@/components/named-link'
import { PageHeader } from '@/components/page-header'
import { TimeSpanField } from '@/components/time-span-field'
import { timeSpanOf } from '@/components/time-spans'
import { useAddress } from '@/components/use-address'
import { useNames } from '@/components/use-names'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { Breakdown } from './breakdown'
import { NoUsage } from './no-usage'
import { Totals } from './totals'
import { UsageCharts } from './usage-charts'
import { closedSpan, figure, totalsQuestion } from './usage-questions'

/** What the environment uses, in total, over time and by whom. Nothing waits for anything else. */
export function UsagePage() {
  const { params, change } = useAddress()
  const path = useEnvironmentPath()
  const names = useNames()
  const { data: workspaces } = useQuery(workspacesQuery)
  const timeZone = workspaces?.find(({ id }) => id === path.workspaceId)?.timeZone ?? 'UTC'
  const [nowMs, setNowMs] = useState(Date.now)
  const chosen = timeSpanOf(params)
  const time = Object.keys(chosen).length > 0 ? chosen : ({ span: '24h' } as const)
  const bounds = closedSpan(time, nowMs)
  const [resourceId, connectionId, apiKeyId] = ['resourceId', 'connectionId', 'apiKeyId'].map((name) =>
    params.get(name),
  )
  const filter = {
    ...(resourceId && { resourceId: [resourceId] }),
    ...(connectionId && { connectionId: [connectionId] }),
    ...(apiKeyId && { apiKeyId: [apiKeyId] }),
  }
  const totals = useQuery(usageQuery(path, totalsQuestion(bounds, filter)))
  const none = totals.data !== undefined && !figure(totals.data.rows[0]?.values, 'requests.sum')
  const narrowed = Object.keys(filter).length > 0
  const place = { bounds, filter, timeZone }
  return (
    <>
      <PageHeader
        title="Usage"
        description={`Requests, tokens, errors and latency. Days and hours begin as the clocks of ${timeZone} say.`}
        actions={
          <Button
            color="secondary"
            startIcon={<RefreshIcon />}
            loading={totals.isFetching}
            loadingPosition="start"
            onClick={() => setNowMs(Date.now())}
          >
            Refresh
          </Button>
        }
      />
      <Box
        role="group"
        aria-label="Filters"
        sx={{ display: 'flex', columnGap: 1, rowGap: 1.5, flexWrap: 'wrap', alignItems: 'center', mb: 2 }}
      >
        <TimeSpanField
          spans={['1h', '24h', '7d', '30d', '90d']}
          value={time}
          onChange={({ span, from, to }) => {
            setNowMs(Date.now())
            change({ span, from, to })
          }}
        />
        <FilterSelect
          label="AI resource"
          all="All resources"
          value={resourceId ?? undefined}
          options={names.all.resource ?? []}
          nameOf={(id) => nameIn(names, 'resource', id)}
          onChange={(id) => change({ resourceId: id })}
        />
        <FilterSelect
          label="AI connection"
          all="All connections"
          value={connectionId ?? undefined}
          options={names.all.connection ?? []}
          nameOf={(id) => nameIn(names, 'connection', id)}
          onChange={(id) => change({ connectionId: id })}
        />
        <FilterSelect
          label="API key"
          all="All keys"
          value={apiKeyId ?? undefined}
          options={names.all.key ?? []}
          nameOf={(id) => nameIn(names, 'key', id)}
          onChange={(id) => change({ apiKeyId: id })}
        />
        {narrowed && (
          <Button
            color="secondary"
            onClick={() => change({ resourceId: undefined, connectionId: undefined, apiKeyId: undefined })}
          >
            Clear
          </Button>
        )}
      </Box>
      <Totals totals={totals} bounds={bounds} filter={filter} />
      {none ? (
        <NoUsage narrowed={narrowed} longer={time.span !== '90d'} change={change} />
      ) : (
        <>
          <UsageCharts {...place} />
          <Breakdown {...place} time={time} names={names} by={params.get('by')} change={change} />
        </>
      )}
    </>
  )
}
