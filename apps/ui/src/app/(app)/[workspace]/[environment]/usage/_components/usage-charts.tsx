'use client'

import Box from '@mui/material/Box'
import Card from '@mui/material/Card'
import { useQuery } from '@tanstack/react-query'
import type { UsageMetric } from '@vm-x/contract'
import { useMemo } from 'react'
import { usageQuery } from '@/client/queries'
import { TimeChart } from '@/components/charts/time-chart'
import { bucketFor, timeLabels } from '@/components/charts/time-labels'
import { count, duration, shortCount } from '@/components/figures'
import { ErrorState } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { type Bounds, type Filter, lengthMs, overTime, seriesQuestion } from './usage-questions'

type UsageChartsProps = { readonly bounds: Bounds; readonly filter: Filter; readonly timeZone: string }

/** The same figures over time. */
export function UsageCharts({ bounds, filter, timeZone }: UsageChartsProps) {
  const path = useEnvironmentPath()
  const { data, error, refetch } = useQuery(usageQuery(path, seriesQuestion(bounds, filter, timeZone)))
  const spanMs = lengthMs(bounds)
  const labels = useMemo(() => timeLabels(bucketFor(spanMs), timeZone, spanMs), [spanMs, timeZone])
  const values = (metric: UsageMetric) => (data ? overTime(data, metric) : [])
  const errors = values('errors.sum')
  const answered = values('requests.sum').map((requests, place) => (requests ?? 0) - (errors[place] ?? 0))
  const shared = { times: data && (data.times ?? []), labels }
  if (error && !data)
    return (
      <Card sx={{ mb: 2 }}>
        <ErrorState error={error} onRetry={refetch} />
      </Card>
    )
  return (
    <Box
      component="section"
      aria-label="Over time"
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'repeat(2, minmax(0, 1fr))' },
        gap: 2,
        mb: 2,
        '& > *': { p: { xs: 1.5, sm: 2 } },
        '& > :first-of-type': { gridColumn: { lg: '1 / -1' } },
      }}
    >
      <Card>
        <TimeChart
          {...shared}
          title="Requests"
          kind="bars"
          format={count}
          formatTick={shortCount}
          series={[
            { id: 'answered', label: 'Answered', values: answered, colour: 'primary' },
            { id: 'errors', label: 'Errors', values: errors, colour: 'error' },
          ]}
        />
      </Card>
      <Card>
        <TimeChart
          {...shared}
          title="Tokens"
          kind="bars"
          format={count}
          formatTick={shortCount}
          series={[
            { id: 'in', label: 'In', values: values('inputTokens.sum'), colour: 'primary' },
            { id: 'out', label: 'Out', values: values('outputTokens.sum'), colour: 'warning' },
          ]}
        />
      </Card>
      <Card>
        <TimeChart
          {...shared}
          title="Latency"
          kind="lines"
          format={duration}
          formatTick={(ms) => (ms === 0 ? '0' : duration(ms))}
          series={[
            { id: 'p50', label: 'Duration p50', values: values('durationMs.p50'), colour: 'primary' },
            { id: 'p95', label: 'Duration p95', values: values('durationMs.p95'), colour: 'warning' },
            { id: 'ttft', label: 'First token p50', values: values('timeToFirstTokenMs.p50'), colour: 'info' },
          ]}
        />
      </Card>
    </Box>
  )
}
