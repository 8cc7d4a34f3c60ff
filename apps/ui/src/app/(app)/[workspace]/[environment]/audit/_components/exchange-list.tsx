'use client'

import ReceiptIcon from '@mui/icons-material/ReceiptLongOutlined'
import SearchOffIcon from '@mui/icons-material/SearchOff'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import { useTheme } from '@mui/material/styles'
import useMediaQuery from '@mui/material/useMediaQuery'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useState } from 'react'
import { isProblem } from '@/client/problem'
import { ProblemAlert } from '@/components/problem-alert'
import { EmptyState, ErrorState } from '@/components/states'
import type { TimeSpan } from '@/components/time-spans'
import type { Names } from '@/components/use-names'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { type AuditFilters, isNarrowed, NO_FILTERS } from './audit-filters'
import { ExchangeRows } from './exchange-rows'
import { ListToolbar } from './list-toolbar'
import { TooMuch } from './too-much'
import { useExchanges } from './use-exchanges'

const Waiting = () => (
  <Paper variant="outlined" aria-busy sx={{ height: HEIGHT, overflow: 'hidden', px: 2, py: 1 }}>
    {WAITING_ROWS.map((row) => (
      <Skeleton key={row} height={36} />
    ))}
  </Paper>
)

const WAITING_ROWS = ['1', '2', '3', '4', '5', '6', '7', '8']

const ExchangeGrid = dynamic(() => import('./exchange-grid').then((module) => module.ExchangeGrid), {
  ssr: false,
  loading: Waiting,
})

/** Of the grid, whatever is in it: nothing moves while it loads. */
const HEIGHT = 'max(420px, calc(100dvh - 330px))'

type ExchangeListProps = {
  readonly filters: AuditFilters
  readonly time: TimeSpan
  readonly names: Names
  readonly change: (changes: Readonly<Record<string, string | undefined>>) => void
}

/** Exchanges, newest first, with their states and what can be done with all of them. */
export function ExchangeList({ filters, time, names, change }: ExchangeListProps) {
  const [live, setLive] = useState(false)
  const exchanges = useExchanges({ filters, time, live })
  const wide = useMediaQuery(useTheme().breakpoints.up('md'), { noSsr: true })
  const { list, shown, hasNewer, hasOlder } = exchanges
  const narrowed = isNarrowed(filters) || Object.keys(time).length > 0
  const clear = () => change({ ...NO_FILTERS, span: '', from: '', to: '' })
  return (
    <>
      <ListToolbar exchanges={exchanges} live={live} onLive={setLive} endless={time.to === undefined} />
      {list.error && !list.data ? (
        <Paper variant="outlined">
          {isProblem(list.error, 'unavailable') || isProblem(list.error, 'invalid_fields') ? (
            <TooMuch error={list.error} onRetry={list.refetch} change={change} onClear={clear} />
          ) : (
            <ErrorState error={list.error} onRetry={list.refetch} />
          )}
        </Paper>
      ) : list.isPending ? (
        <Waiting />
      ) : shown.length === 0 ? (
        <Paper variant="outlined">{narrowed ? <NothingMatches onClear={clear} /> : <NoneYet />}</Paper>
      ) : (
        <>
          {wide ? (
            <Box sx={{ height: HEIGHT, display: 'flex', flexDirection: 'column' }}>
              <ExchangeGrid exchanges={shown} names={names} />
            </Box>
          ) : (
            <ExchangeRows exchanges={shown} names={names} />
          )}
          {list.isFetchNextPageError && (
            <Box sx={{ mt: 1 }}>
              <ProblemAlert error={list.error} />
            </Box>
          )}
          <Box sx={{ display: 'flex', gap: 1, justifyContent: 'flex-end', alignItems: 'center', mt: 1 }}>
            <Box sx={{ flexGrow: 1, color: 'text.secondary', fontSize: 13 }} className="figures">
              {exchanges.first}–{exchanges.first + shown.length - 1}
              {hasOlder ? ', there are older ones' : ', no older ones'}
            </Box>
            {hasNewer && (
              <Button color="secondary" onClick={exchanges.newer}>
                Back to newer
              </Button>
            )}
            {hasOlder && (
              <Button
                variant="outlined"
                color="secondary"
                loading={list.isFetchingNextPage}
                onClick={() => void exchanges.older()}
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

function NothingMatches({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState
      icon={<SearchOffIcon />}
      title="No exchange matches"
      action={
        <Button variant="outlined" onClick={onClear}>
          Clear the filters
        </Button>
      }
    >
      Choose a longer time or fewer filters. An exchange shows up about a second after its answer has ended.
    </EmptyState>
  )
}

function NoneYet() {
  const { href } = useEnvironmentPath()
  return (
    <EmptyState
      icon={<ReceiptIcon />}
      title="No requests yet"
      action={
        <>
          <Button component={Link} href={`${href}/playground`} variant="contained">
            Send one in the playground
          </Button>
          <Button component={Link} href={`${href}/sdk`} variant="outlined">
            Send one from your program
          </Button>
        </>
      }
    >
      Each request to this environment is listed here about a second after its answer has ended: who asked, which target
      answered and why, what it used and how long it took.
    </EmptyState>
  )
}
