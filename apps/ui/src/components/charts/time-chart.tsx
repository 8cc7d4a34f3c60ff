'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Skeleton from '@mui/material/Skeleton'
import Typography from '@mui/material/Typography'
import dynamic from 'next/dynamic'
import { type ReactNode, useState } from 'react'
import { ChartLegend } from './chart-legend'
import type { TimeLabels } from './time-labels'
import { TimeTable } from './time-table'

export const CHART_HEIGHT = 220

const Waiting = () => <Skeleton variant="rounded" height={CHART_HEIGHT} />

const ChartCanvas = dynamic(() => import('./chart-canvas').then((module) => module.ChartCanvas), {
  ssr: false,
  loading: Waiting,
})

export type ChartSeries = {
  readonly id: string
  readonly label: string
  /** One for each time; null where there is none. */
  readonly values: readonly (number | null)[]
  /** Which colour of the palette; each has a stroke or a filling of its own as well. */
  readonly colour: 'primary' | 'info' | 'warning' | 'error'
}

export type TimeChartProps = {
  readonly title: string
  /** `bars` are stacked: their whole is a figure too. */
  readonly kind: 'bars' | 'lines'
  /** Where the pieces of time begin; undefined while they are asked for. */
  readonly times: readonly string[] | undefined
  readonly series: readonly ChartSeries[]
  readonly labels: TimeLabels
  /** A figure in full, and as short as an axis needs it. */
  readonly format: (value: number) => string
  readonly formatTick?: (value: number) => string
  /** Shown in the place of the picture, e.g. why there is none. */
  readonly instead?: ReactNode
}

/** Figures over time as a picture, and, for who does not see it or wants to be exact, as a table. */
export function TimeChart(props: TimeChartProps) {
  const { title, kind, times, series, instead } = props
  const [asTable, setAsTable] = useState(false)
  return (
    <Box component="figure" aria-label={title} aria-busy={!times && !instead} sx={{ m: 0, minWidth: 0 }}>
      <Box component="figcaption" sx={{ display: 'flex', alignItems: 'center', gap: 1, minHeight: 34, mb: 0.5 }}>
        <Typography variant="h3" component="h2" sx={{ flexGrow: 1 }}>
          {title}
        </Typography>
        {!instead && times && (
          <Button
            color="secondary"
            aria-label={`${title}: ${asTable ? 'show as a chart' : 'show as a table'}`}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? 'Chart' : 'Table'}
          </Button>
        )}
      </Box>
      <Box sx={{ minHeight: 22, mb: 0.5 }}>{!instead && <ChartLegend kind={kind} series={series} />}</Box>
      <Box sx={{ height: CHART_HEIGHT, overflow: 'hidden' }}>
        {instead ??
          (!times ? (
            <Waiting />
          ) : asTable ? (
            <TimeTable {...props} times={times} />
          ) : (
            <ChartCanvas {...props} times={times} />
          ))}
      </Box>
    </Box>
  )
}
