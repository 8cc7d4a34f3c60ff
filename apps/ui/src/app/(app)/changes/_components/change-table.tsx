'use client'

import ExpandMoreIcon from '@mui/icons-material/ExpandMore'
import Box from '@mui/material/Box'
import IconButton from '@mui/material/IconButton'
import MuiLink from '@mui/material/Link'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableContainer from '@mui/material/TableContainer'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import { useQuery } from '@tanstack/react-query'
import type { AuditEvent } from '@vm-x/contract'
import Link from 'next/link'
import { useId, useState } from 'react'
import { workspacesQuery } from '@/client/queries'
import { ExactTime } from '@/components/exact-time'
import { ChangeDetail } from './change-detail'
import { actionInWords, pageOfObject } from './change-words'

/** Changes, each with what it made of its object when it is opened. */
export function ChangeTable({ events }: { events: readonly AuditEvent[] | undefined }) {
  const { data: workspaces = [] } = useQuery(workspacesQuery)
  const names = new Map(workspaces.map(({ id, name }) => [id, name]))
  return (
    <TableContainer component={Paper} variant="outlined">
      <Table
        size="small"
        aria-label="Changes"
        aria-busy={events === undefined}
        sx={{ '& td, & th': { px: 1.5, py: 0.5 } }}
      >
        <TableHead>
          <TableRow>
            <TableCell sx={{ width: 44 }} aria-label="Details" />
            <TableCell sx={{ ...WIDE, width: 150 }}>Time</TableCell>
            <TableCell sx={WIDE}>Who</TableCell>
            <TableCell>What</TableCell>
            <TableCell sx={WIDER}>Workspace</TableCell>
            <TableCell sx={WIDER}>From</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {events?.map((event) => (
            <ChangeRow
              key={event.id}
              event={event}
              workspace={event.workspaceId ? (names.get(event.workspaceId) ?? '') : ''}
            />
          )) ??
            WAITING.map((row) => (
              <TableRow key={row}>
                <TableCell colSpan={6}>
                  <Skeleton height={26} />
                </TableCell>
              </TableRow>
            ))}
        </TableBody>
      </Table>
    </TableContainer>
  )
}

const WIDE = { display: { xs: 'none', sm: 'table-cell' } }
const WIDER = { display: { xs: 'none', md: 'table-cell' } }
const WAITING = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']

function ChangeRow({ event, workspace }: { event: AuditEvent; workspace: string }) {
  const [open, setOpen] = useState(false)
  const id = useId()
  const page = pageOfObject(event)
  const { actor, object } = event
  const words = actionInWords(event.action)
  // What was not saved yet has no id, but what it is made of, e.g. a provider.
  const name = object.name ?? (object.id.length === 36 ? `…${object.id.slice(-8)}` : object.id)
  // Who signs in does so for themselves: the name would be there twice.
  const named = event.action !== 'session:create' && event.action !== 'audit:export'
  return (
    <>
      <TableRow hover sx={{ '& > td': open ? { borderBottom: 'none' } : {} }}>
        <TableCell>
          <IconButton
            aria-expanded={open}
            aria-controls={open ? id : undefined}
            aria-label={`Details: ${words}${named ? ` ${name}` : ''}, ${actor.name}`}
            onClick={() => setOpen(!open)}
          >
            <ExpandMoreIcon fontSize="small" sx={{ transform: open ? 'none' : 'rotate(-90deg)' }} />
          </IconButton>
        </TableCell>
        <TableCell sx={WIDE}>
          <ExactTime at={event.at} />
        </TableCell>
        <TableCell sx={{ ...WIDE, overflowWrap: 'anywhere' }}>{actor.name}</TableCell>
        <TableCell sx={{ overflowWrap: 'anywhere' }}>
          {words}{' '}
          {named &&
            (page ? (
              <MuiLink component={Link} href={page} underline="always">
                {name}
              </MuiLink>
            ) : (
              <Box component="span" sx={{ fontWeight: 550 }}>
                {name}
              </Box>
            ))}
          <Box component="span" sx={{ display: { xs: 'block', sm: 'none' }, color: 'text.secondary', fontSize: 13 }}>
            <ExactTime at={event.at} /> by {actor.name}
          </Box>
        </TableCell>
        <TableCell sx={WIDER}>{workspace}</TableCell>
        <TableCell sx={WIDER}>{event.sourceAddress}</TableCell>
      </TableRow>
      {open && (
        <TableRow id={id}>
          <TableCell colSpan={6} sx={{ bgcolor: 'background.default' }}>
            <ChangeDetail event={event} />
          </TableCell>
        </TableRow>
      )}
    </>
  )
}
