'use client'

import HistoryIcon from '@mui/icons-material/History'
import RefreshIcon from '@mui/icons-material/Refresh'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Paper from '@mui/material/Paper'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { PageHeader } from '@/components/page-header'
import { ProblemAlert } from '@/components/problem-alert'
import { EmptyState, ErrorState } from '@/components/states'
import { boundsOf, timeSpanOf } from '@/components/time-spans'
import { useAddress } from '@/components/use-address'
import { changesQuery } from '../queries'
import { ChangeFilterBar, type ChangeFilters, FILTER_NAMES } from './change-filters'
import { ChangeTable } from './change-table'

/** Who changed what in the installation, and who signed in. */
export function ChangesPage() {
  const { params, change } = useAddress()
  const [nowMs, setNowMs] = useState(Date.now)
  const filters: ChangeFilters = Object.fromEntries(
    FILTER_NAMES.flatMap((name) => {
      const value = params.get(name)
      return value ? [[name, value] as const] : []
    }),
  )
  const time = timeSpanOf(params)
  const narrowed = Object.keys({ ...filters, ...time }).length > 0
  const list = useInfiniteQuery(changesQuery({ ...filters, ...boundsOf(time, nowMs) }))
  const events = list.data?.pages.flatMap(({ items }) => items)
  const refresh = () => (time.span ? setNowMs(Date.now()) : void list.refetch())
  return (
    <>
      <PageHeader
        title="Changes"
        description="Who changed what through the console or the management API, and who signed in. Nothing here can be changed or removed; secrets are masked."
        actions={
          <Button
            color="secondary"
            startIcon={<RefreshIcon />}
            loading={list.isRefetching && !list.isFetchingNextPage}
            loadingPosition="start"
            onClick={refresh}
          >
            Refresh
          </Button>
        }
      />
      <ChangeFilterBar filters={filters} time={time} change={change} />
      {list.error && !list.data ? (
        <Paper variant="outlined">
          <ErrorState error={list.error} onRetry={list.refetch} />
        </Paper>
      ) : events?.length === 0 && !list.hasNextPage ? (
        <Paper variant="outlined">
          <EmptyState icon={<HistoryIcon />} title={narrowed ? 'No change matches' : 'No changes yet'}>
            {narrowed
              ? 'Choose a longer time or fewer filters.'
              : 'Whatever is created, changed or deleted from now on is listed here.'}{' '}
            You see only changes of what you may see.
          </EmptyState>
        </Paper>
      ) : (
        <>
          <ChangeTable events={events} />
          {list.isFetchNextPageError && (
            <Box sx={{ mt: 1 }}>
              <ProblemAlert error={list.error} />
            </Box>
          )}
          <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mt: 1, minHeight: 34 }}>
            <Box role="status" className="figures" sx={{ flexGrow: 1, color: 'text.secondary', fontSize: 13 }}>
              {events &&
                (list.hasNextPage ? `${events.length} shown, there are older ones` : `All ${events.length} shown`)}
            </Box>
            {list.hasNextPage && (
              <Button
                color="secondary"
                variant="outlined"
                loading={list.isFetchingNextPage}
                onClick={() => void list.fetchNextPage()}
              >
                Load older
              </Button>
            )}
          </Box>
        </>
      )}
    </>
  )
}
