'use client'

import Box from '@mui/material/Box'
import type { ChartSeries, TimeChartProps } from './time-chart'

/** Lines are told apart without their colours, by their strokes; so are bars, by their filling. */
export const STROKES = ['none', '7 4', '2 3', '10 3 2 3'] as const
export const isHatched = (place: number) => place % 2 === 1

/** What stands for what in a picture. */
export function ChartLegend({ kind, series }: { kind: TimeChartProps['kind']; series: readonly ChartSeries[] }) {
  return (
    <Box
      component="ul"
      sx={{ listStyle: 'none', display: 'flex', flexWrap: 'wrap', columnGap: 2, m: 0, p: 0, fontSize: 13 }}
    >
      {series.map(({ id, label, colour }, place) => (
        <Box component="li" key={id} sx={{ display: 'flex', alignItems: 'center', gap: 0.75, color: 'text.secondary' }}>
          <Box component="svg" aria-hidden width={20} height={10} sx={{ color: `${colour}.main` }}>
            {kind === 'lines' ? (
              <line
                x1={0}
                x2={20}
                y1={5}
                y2={5}
                stroke="currentColor"
                strokeWidth={2}
                strokeDasharray={STROKES[place]}
              />
            ) : (
              <>
                <rect width={20} height={10} rx={2} fill="currentColor" />
                {isHatched(place) && <Hatching />}
              </>
            )}
          </Box>
          {label}
        </Box>
      ))}
    </Box>
  )
}

const Hatching = () => (
  <Box
    component="path"
    d="M2 10 L12 0 M10 10 L20 0"
    sx={{ stroke: (theme) => theme.vars?.palette.background.paper, strokeWidth: 1.5 }}
  />
)
