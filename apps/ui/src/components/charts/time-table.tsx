'use client'

import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableContainer from '@mui/material/TableContainer'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import type { TimeChartProps } from './time-chart'

type TimeTableProps = TimeChartProps & { readonly times: readonly string[] }

/** The figures of a chart, newest first. */
export function TimeTable({ title, times, series, labels, format }: TimeTableProps) {
  const places = times.map((time, index) => ({ time, index })).reverse()
  return (
    <TableContainer
      // Whoever uses the keyboard can scroll it.
      tabIndex={0}
      role="region"
      aria-label={`${title}, as a table`}
      sx={{ height: '100%' }}
    >
      <Table size="small" stickyHeader>
        <TableHead>
          <TableRow>
            <TableCell>Time</TableCell>
            {series.map(({ id, label }) => (
              <TableCell key={id} align="right">
                {label}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {places.map(({ time, index }) => (
            <TableRow key={time}>
              <TableCell component="th" scope="row">
                {labels.full(time)}
              </TableCell>
              {series.map(({ id, values }) => (
                <TableCell key={id} align="right">
                  {typeof values[index] === 'number' ? format(values[index]) : '–'}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  )
}
