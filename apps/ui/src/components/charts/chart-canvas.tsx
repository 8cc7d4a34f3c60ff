'use client'

import Box from '@mui/material/Box'
import { useTheme } from '@mui/material/styles'
import useMediaQuery from '@mui/material/useMediaQuery'
import { BarChart } from '@mui/x-charts/BarChart'
import { LineChart, lineClasses } from '@mui/x-charts/LineChart'
import { useId } from 'react'
import { isHatched, STROKES } from './chart-legend'
import { CHART_HEIGHT, type TimeChartProps } from './time-chart'
import { hasLabel } from './time-labels'

type ChartCanvasProps = TimeChartProps & { readonly times: readonly string[] }

/** The picture itself; loaded when one is shown, since the library is large. */
export function ChartCanvas({ kind, times, series, labels, format, formatTick = format }: ChartCanvasProps) {
  const theme = useTheme()
  const wide = useMediaQuery(theme.breakpoints.up('sm'), { noSsr: true })
  const patterns = useId()
  const room = wide ? 8 : 4
  const axis = {
    data: times,
    valueFormatter: (at: string, { location }: { location: string }) =>
      location === 'tick' ? labels.tick(at) : labels.full(at),
    tickInterval: (_: string, index: number) => hasLabel(index, times.length, room),
    height: 26,
  }
  const shared = {
    height: CHART_HEIGHT,
    margin: { left: 0, right: 8, top: 8, bottom: 0 },
    yAxis: [{ min: 0, width: 52, valueFormatter: formatTick, disableLine: true, disableTicks: true, tickNumber: 4 }],
    grid: { horizontal: true },
    skipAnimation: true,
    hideLegend: true,
  } as const
  const drawn = series.map(({ id, label, values, colour }) => ({
    id,
    label,
    data: [...values],
    // As the theme says at the moment, which changes without drawing anew.
    color: `var(--vmx-palette-${colour}-main)`,
    valueFormatter: (value: number | null) => (value === null ? '–' : format(value)),
  }))
  const eachSeries = (element: string, property: string, of: (place: number) => string | undefined) =>
    Object.fromEntries(series.map(({ id }, place) => [`& [data-series="${id}"]${element}`, { [property]: of(place) }]))
  if (kind === 'bars')
    return (
      <BarChart
        {...shared}
        xAxis={[{ ...axis, scaleType: 'band', categoryGapRatio: 0.25, tickPlacement: 'middle' }]}
        series={drawn.map((one) => ({ ...one, stack: 'whole' }))}
        sx={eachSeries(' rect', 'fill', (place) => (isHatched(place) ? `url(#${patterns}-${place})` : undefined))}
      >
        <defs>
          {drawn.map(({ id, color }, place) => (
            <pattern key={id} id={`${patterns}-${place}`} width={6} height={6} patternUnits="userSpaceOnUse">
              <Box component="rect" width={6} height={6} sx={{ fill: color }} />
              <Box
                component="path"
                d="M-1 1 L1 -1 M0 6 L6 0 M5 7 L7 5"
                sx={{ stroke: 'var(--vmx-palette-background-paper)', strokeWidth: 1.2 }}
              />
            </pattern>
          ))}
        </defs>
      </BarChart>
    )
  return (
    <LineChart
      {...shared}
      xAxis={[{ ...axis, scaleType: 'point' }]}
      // A lonely value between gaps is no line: only its mark is seen.
      series={drawn.map((one) => ({ ...one, curve: 'linear' as const, showMark: hasLonely(one.data) }))}
      sx={{
        [`& .${lineClasses.line}`]: { strokeWidth: 2 },
        ...eachSeries(`.${lineClasses.line}`, 'strokeDasharray', (place) => STROKES[place]),
      }}
    />
  )
}

const hasLonely = (values: readonly (number | null)[]) =>
  values.some(
    (value, place) => value !== null && (values[place - 1] ?? null) === null && (values[place + 1] ?? null) === null,
  )
