'use client'

import Box from '@mui/material/Box'
import MenuItem from '@mui/material/MenuItem'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableContainer from '@mui/material/TableContainer'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { Fragment, type ReactNode, useState } from 'react'
import { AccessReason } from './access-reason'
import { type AccessRow, byKind, outcomeOf, type Standing } from './access-rows'
import { OutcomeChip } from './outcome-chip'

type AccessTableProps = {
  readonly label: string
  /** Undefined while they are asked for. */
  readonly rows: readonly AccessRow[] | undefined
  readonly standing?: Standing | undefined
  /** Before the filters, e.g. where it is asked about. */
  readonly filters?: ReactNode
}

const SHOWN = { all: 'Everything', allowed: 'Allowed', refused: 'Refused' } as const

/** Actions by kind with what comes of each, and which statement decided. */
export function AccessTable({ label, rows, standing, filters }: AccessTableProps) {
  const [search, setSearch] = useState('')
  const [shown, setShown] = useState<keyof typeof SHOWN>('all')
  const judged = rows?.map((row) => ({ ...row, outcome: outcomeOf(row, standing) }))
  const wanted = search.trim().toLowerCase()
  const found = judged
    ?.filter(
      ({ action, outcome }) =>
        action.includes(wanted) && (shown === 'all' || (outcome === 'allowed') === (shown === 'allowed')),
    )
    // Where a workspace is asked about, what is in it comes before what is in none.
    .toSorted((a, b) => Number(a.needs === null) - Number(b.needs === null))
  return (
    <>
      <Box sx={{ display: 'flex', columnGap: 1, rowGap: 1.5, flexWrap: 'wrap', mb: 1.5 }}>
        {filters}
        <TextField
          label="Action"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
          placeholder="api-key:create"
          slotProps={{ inputLabel: { shrink: true } }}
          sx={{ width: { xs: 1, sm: 200 } }}
        />
        <TextField
          select
          label="Show"
          value={shown}
          onChange={({ target }) => setShown(target.value as keyof typeof SHOWN)}
          sx={{ width: { xs: 1, sm: 140 } }}
        >
          {Object.entries(SHOWN).map(([id, text]) => (
            <MenuItem key={id} value={id}>
              {text}
            </MenuItem>
          ))}
        </TextField>
      </Box>
      <TableContainer component={Paper} variant="outlined">
        <Table aria-label={label} aria-busy={rows === undefined} sx={{ '& .MuiTableCell-root': { py: 0.5 } }}>
          <TableHead>
            <TableRow>
              <TableCell>Action</TableCell>
              <TableCell>Outcome</TableCell>
              <TableCell sx={WIDE}>Why</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {found === undefined
              ? LOADING.map((key) => (
                  <TableRow key={key}>
                    <TableCell colSpan={3}>
                      <Skeleton />
                    </TableCell>
                  </TableRow>
                ))
              : byKind(found).map(([kind, group]) => (
                  <Fragment key={kind}>
                    <TableRow>
                      <TableCell
                        component="th"
                        scope="rowgroup"
                        colSpan={3}
                        sx={{ bgcolor: 'background.default', fontWeight: 600 }}
                      >
                        {kind}
                        <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400, ml: 1 }}>
                          {group.filter(({ outcome }) => outcome === 'allowed').length} of {group.length} allowed
                        </Box>
                      </TableCell>
                    </TableRow>
                    {group.map((row) => (
                      <TableRow key={`${row.action} ${row.resource}`} sx={{ verticalAlign: 'top' }}>
                        <TableCell sx={{ overflowWrap: 'anywhere' }}>
                          <code>{row.action}</code>
                          <Box sx={{ display: { xs: 'block', md: 'none' }, mt: 0.5 }}>
                            <AccessReason row={row} outcome={row.outcome} />
                          </Box>
                        </TableCell>
                        <TableCell sx={{ whiteSpace: 'nowrap' }}>
                          <OutcomeChip outcome={row.outcome} />
                        </TableCell>
                        <TableCell sx={{ ...WIDE, overflowWrap: 'anywhere' }}>
                          <AccessReason row={row} outcome={row.outcome} />
                        </TableCell>
                      </TableRow>
                    ))}
                  </Fragment>
                ))}
          </TableBody>
        </Table>
        {found?.length === 0 && (
          <Typography sx={{ p: 4, textAlign: 'center', color: 'text.secondary' }}>
            No action here is like that.
          </Typography>
        )}
      </TableContainer>
    </>
  )
}

const WIDE = { display: { xs: 'none', md: 'table-cell' } }
const LOADING = ['1', '2', '3', '4', '5', '6', '7', '8']
