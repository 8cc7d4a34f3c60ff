'use client'

import Box from '@mui/material/Box'
import Tooltip from '@mui/material/Tooltip'
import { useEffect, useState } from 'react'

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })

/** A time as people say it, e.g. `3 minutes ago`; the exact one is in its tooltip. */
export function Moment({ at, never = 'never' }: { at: string | null | undefined; never?: string }) {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 30_000)
    return () => clearInterval(timer)
  }, [])
  if (!at)
    return (
      <Box component="span" sx={{ color: 'text.secondary' }}>
        {never}
      </Box>
    )
  return (
    <Tooltip title={absolute.format(new Date(at))}>
      <time dateTime={at}>{ago(Date.parse(at) - Date.now())}</time>
    </Tooltip>
  )
}

/** A time in full, in the browser's time zone. */
export const exactMoment = (at: string) => absolute.format(new Date(at))

function ago(differenceMs: number): string {
  const seconds = Math.round(differenceMs / 1000)
  const size = Math.abs(seconds)
  if (size < 45) return seconds <= 0 ? 'just now' : 'in a moment'
  if (size < 45 * 60) return relative.format(Math.round(seconds / 60), 'minute')
  if (size < 22 * 3600) return relative.format(Math.round(seconds / 3600), 'hour')
  if (size < 26 * 86_400) return relative.format(Math.round(seconds / 86_400), 'day')
  if (size < 320 * 86_400) return relative.format(Math.round(seconds / (30.4 * 86_400)), 'month')
  return relative.format(Math.round(seconds / (365 * 86_400)), 'year')
}
