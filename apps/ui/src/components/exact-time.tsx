'use client'

import Tooltip from '@mui/material/Tooltip'

const short = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', ...clock() })
const shortWithYear = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', year: 'numeric', ...clock() })
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' })

function clock() {
  return { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
}

/** A time to the second, for dense lists, e.g. `26 Nov, 08:11:35`; all of it, with the zone, is in its tooltip. */
export function ExactTime({ at }: { at: string }) {
  return (
    <Tooltip title={fullTime(at)}>
      <time dateTime={at} className="figures" style={{ whiteSpace: 'nowrap' }}>
        {shortTime(at)}
      </time>
    </Tooltip>
  )
}

export function shortTime(at: string): string {
  const date = new Date(at)
  return (date.getFullYear() === new Date().getFullYear() ? short : shortWithYear).format(date)
}

/** A time with its day, year and zone, as the browser's clock says. */
export const fullTime = (at: string) => full.format(new Date(at))
