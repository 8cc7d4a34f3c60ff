'use client'

import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import Typography from '@mui/material/Typography'
import type { AuditEvent } from '@vm-x/contract'
import Link from 'next/link'
import { fullTime } from '@/components/exact-time'
import { differences } from './differences'

/** What a change made of its object, and where it came from. */
export function ChangeDetail({ event }: { event: AuditEvent }) {
  const { before, after, object } = event
  const changed = differences(before, after)
  const facts = [
    ['Time', fullTime(event.at)],
    ['Action', event.action],
    ['Object', object.id],
    ['Environment', event.environmentId],
    ['Source address', event.sourceAddress],
    ['Program', event.userAgent],
    ['Request', event.requestId],
  ] as const
  return (
    <Box sx={{ py: 1, pl: { sm: 4.5 } }}>
      {changed.length === 0 ? (
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          {before || after ? 'No field has another value than before.' : 'It changed no field of an object.'}
        </Typography>
      ) : (
        <Box role="table" aria-label="Fields that changed" sx={{ fontSize: 13 }}>
          <Line header name="Field" before={before ? 'Before' : ''} after={after ? 'After' : ''} />
          {changed.map(({ path, before: old, after: now }) => (
            <Line key={path} name={path} before={inText(old)} after={inText(now)} />
          ))}
        </Box>
      )}
      <Box
        component="dl"
        sx={{
          m: 0,
          mt: 1.5,
          display: 'grid',
          gridTemplateColumns: 'max-content minmax(0, 1fr)',
          columnGap: 2,
          fontSize: 13,
        }}
      >
        {facts.map(([name, value]) =>
          value ? (
            <Box key={name} sx={{ display: 'contents' }}>
              <Box component="dt" sx={{ color: 'text.secondary' }}>
                {name}
              </Box>
              <Box component="dd" sx={{ m: 0, overflowWrap: 'anywhere' }}>
                {name === 'Time' ? value : <code>{value}</code>}
              </Box>
            </Box>
          ) : null,
        )}
      </Box>
      <MuiLink
        component={Link}
        variant="body2"
        href={`/changes?${new URLSearchParams({ objectKind: object.kind, objectId: object.id })}`}
        sx={{ display: 'inline-block', mt: 1 }}
      >
        All changes of this object
      </MuiLink>
    </Box>
  )
}

type LineProps = { name: string; before: string; after: string; header?: boolean }

function Line({ name, before, after, header = false }: LineProps) {
  const role = header ? 'columnheader' : 'cell'
  const text = { overflowWrap: 'anywhere', whiteSpace: 'pre-wrap', minWidth: 0 } as const
  return (
    <Box
      role="row"
      sx={{
        display: 'grid',
        gridTemplateColumns: {
          xs: 'minmax(0, 1fr) minmax(0, 1fr)',
          sm: 'minmax(0, 2fr) minmax(0, 3fr) minmax(0, 3fr)',
        },
        columnGap: 2,
        py: 0.5,
        borderBottom: 1,
        borderColor: 'divider',
        ...(header && { fontWeight: 600, color: 'text.secondary' }),
      }}
    >
      <Box
        role={header ? role : 'rowheader'}
        sx={{ ...text, gridColumn: { xs: '1 / -1', sm: 'auto' }, fontWeight: 550 }}
      >
        {name}
      </Box>
      <Box role={role} component={header ? 'div' : 'code'} sx={{ ...text, color: 'text.secondary' }}>
        {before}
      </Box>
      <Box role={role} component={header ? 'div' : 'code'} sx={text}>
        {after}
      </Box>
    </Box>
  )
}

/** A value of an object, as short as it can be read. */
function inText(value: unknown): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value === '' ? '(empty)' : value
  if (Array.isArray(value) && value.length > 0) return JSON.stringify(value, null, 1)
  return JSON.stringify(value)
}
