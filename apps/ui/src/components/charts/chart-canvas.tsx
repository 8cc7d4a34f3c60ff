'use client'

import { useTheme } from '@mui/material/styles'
import useMediaQuery from '@mui/material/useMediaQuery'
import { BarChart } from '@mui/x-charts/BarChart'
import { LineChart } from '@mui/x-charts/LineChart'
import { CHART_HEIGHT, type TimeChartProps } from './time-chart'
import { hasLabel } from './time-labels'

type ChartCanvasProps = TimeChartProps & { readonly times: readonly string[] }

/** The picture itself; loaded when one is shown, since the library is large. */
export function ChartCanvas({ title, kind, times, series, labels, format, formatTick = format }: ChartCanvasProps) {
  const theme = useTheme()
  const wide = useMediaQuery(theme.breakpoints.up('sm'), { noSsr: true })
  const room = wide ? 8 : 4
  const axis = {
    data: times,
    valueFormatter: (at: string, { location }: { location: string }) =>
      location === 'tick' ? labels.tick(at) : labels.full(at),
    tickInterval: (_: string, index: number) => hasLabel(index, times.length, room),
    height: 26,
  }
  const shared = {
    title,
    height: CHART_HEIGHT,
    margin: { left: 0, right: 8, top: 8, bottom: 0 },
    yAxis: [{ min: 0, width: 52, valueFormatter: formatTick, disableLine: true, disableTicks: true, tickNumber: 4 }],
    grid: { horizontal: true },
    skipAnimation: true,
    slotProps: { legend: { position: { vertical: 'bottom', horizontal: 'start' } } },
  } as const
  const drawn = series.map(({ id, label, values, colour }) => ({
    id,
    label,
    data: [...values],
    // As the theme says at the moment, which changes without drawing anew.
    color: `var(--vmx-palette-${colour}-main)`,
    valueFormatter: (value: number | null) => (value === null ? '–' : format(value)),
  }))
  if (kind === 'bars')
    return (
      <BarChart
        {...shared}
        xAxis={[{ ...axis, scaleType: 'band', categoryGapRatio: 0.25, tickPlacement: 'middle' }]}
        series={drawn.map((one) => ({ ...one, stack: 'whole' }))}
      />
    )
  return (
    <LineChart
      {...shared}
      xAxis={[{ ...axis, scaleType: 'point' }]}
      // A lonely value between gaps is no line: only its mark is seen.
      series={drawn.map((one) => ({ ...one, curve: 'linear' as const, showMark: hasLonely(one.data) }))}
      sx={Object.fromEntries(
        drawn.map(({ id }, place) => [`& [data-series="${id}"]`, { strokeDasharray: DASHES[place] }]),
      )}
    />
  )
}

/** Lines are told apart without their colours. */
const DASHES = ['none', '7 4', '2 3', '10 3 2 3']

const hasLonely = (values: readonly (number | null)[]) =>
  values.some(
    (value, place) => value !== null && (values[place - 1] ?? null) === null && (values[place + 1] ?? null) === null,
  )
