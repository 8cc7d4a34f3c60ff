'use client'

import Box from '@mui/material/Box'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Typography from '@mui/material/Typography'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { UsageAnswer, UsageMetric } from '@vm-x/contract'
import type { ReactNode } from 'react'
import { usageQuery } from '@/client/queries'
import { count, duration, share, shortCount } from '@/components/figures'
import { ErrorState } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { type Bounds, comparedTo, type Filter, figure, spanBefore, totalsQuestion } from './usage-questions'

type TotalsProps = {
  readonly totals: UseQueryResult<UsageAnswer>
  readonly bounds: Bounds
  readonly filter: Filter
}

/** The figures of the whole span, each with what it was in the span before. */
export function Totals({ totals, bounds, filter }: TotalsProps) {
  const path = useEnvironmentPath()
  const before = spanBefore(bounds)
  const { data: earlier } = useQuery({
    ...usageQuery(path, totalsQuestion(before ?? bounds, filter)),
    enabled: before !== undefined,
  })
  if (totals.error && !totals.data)
    return (
      <Paper variant="outlined" sx={{ mb: 2 }}>
        <ErrorState error={totals.error} onRetry={totals.refetch} />
      </Paper>
    )
  const value = (metric: UsageMetric) => figure(totals.data?.rows[0]?.values, metric)
  const past = (metric: UsageMetric) => (before && earlier ? figure(earlier.rows[0]?.values, metric) : undefined)
  const compared = (metric: UsageMetric) => comparedTo(value(metric), past(metric))
  const requests = value('requests.sum') ?? 0
  const errors = value('errors.sum') ?? 0
  const cached = value('cachedInputTokens.sum') ?? 0
  const input = value('inputTokens.sum') ?? 0
  const tile = { loading: totals.isPending }
  return (
    <Box
      component="section"
      aria-label="Totals"
      aria-busy={totals.isFetching}
      sx={{
        display: 'grid',
        gridTemplateColumns: {
          xs: 'repeat(2, minmax(0, 1fr))',
          sm: 'repeat(3, minmax(0, 1fr))',
          lg: 'repeat(6, minmax(0, 1fr))',
        },
        gap: 1.5,
        mb: 2,
      }}
    >
      <Tile
        {...tile}
        name="Requests"
        value={shortCount(requests)}
        exact={count(requests)}
        note={compared('requests.sum')}
      />
      <Tile
        {...tile}
        name="Errors"
        value={shortCount(errors)}
        exact={count(errors)}
        beside={requests > 0 && share(errors / requests)}
        note={compared('errors.sum')}
      />
      <Tile
        {...tile}
        name="Tokens in"
        value={shortCount(input)}
        exact={count(input)}
        beside={cached > 0 && `${share(cached / input)} cached`}
        note={compared('inputTokens.sum')}
      />
      <Tile
        {...tile}
        name="Tokens out"
        value={shortCount(value('outputTokens.sum') ?? 0)}
        exact={count(value('outputTokens.sum') ?? 0)}
        note={compared('outputTokens.sum')}
      />
      <Tile
        {...tile}
        name="Duration"
        value={time(value('durationMs.p50'))}
        beside={value('durationMs.p95') !== null && `p95 ${time(value('durationMs.p95'))}`}
        note={compared('durationMs.p50')}
      />
      <Tile
        {...tile}
        name="First token"
        value={time(value('timeToFirstTokenMs.p50'))}
        beside={value('timeToFirstTokenMs.p95') !== null && `p95 ${time(value('timeToFirstTokenMs.p95'))}`}
        note={compared('timeToFirstTokenMs.p50')}
      />
    </Box>
  )
}

const time = (ms: number | null) => (ms === null ? '–' : duration(ms))

type TileProps = {
  readonly name: string
  readonly value: string
  readonly exact?: string
  readonly beside?: ReactNode
  readonly note: string | undefined
  readonly loading: boolean
}

function Tile({ name, value, exact, beside, note, loading }: TileProps) {
  return (
    <Paper variant="outlined" role="group" aria-label={name} sx={{ p: 1.5, minHeight: 98 }}>
      <Typography variant="overline" component="div" sx={{ color: 'text.secondary' }}>
        {name}
      </Typography>
      {loading ? (
        <Skeleton width="60%" height={32} />
      ) : (
        <Box className="figures" sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'baseline', columnGap: 1 }}>
          <Box component="span" title={exact} sx={{ fontSize: 20, fontWeight: 650, whiteSpace: 'nowrap' }}>
            {value}
          </Box>
          <Box component="span" sx={{ fontSize: 13, color: 'text.secondary', whiteSpace: 'nowrap' }}>
            {beside}
          </Box>
        </Box>
      )}
      <Typography variant="caption" component="div" sx={{ color: 'text.secondary', minHeight: 20 }}>
        {note}
      </Typography>
    </Paper>
  )
}
