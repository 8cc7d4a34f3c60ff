'use client'

import SearchIcon from '@mui/icons-material/Search'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import InputAdornment from '@mui/material/InputAdornment'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableContainer from '@mui/material/TableContainer'
import TableHead from '@mui/material/TableHead'
import TablePagination from '@mui/material/TablePagination'
import TableRow from '@mui/material/TableRow'
import TableSortLabel from '@mui/material/TableSortLabel'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { type ReactNode, useMemo, useState } from 'react'
import { isProblem } from '@/client/problem'
import { ErrorState } from './states'

export type Column<Row> = {
  readonly id: string
  readonly label: string
  readonly cell: (row: Row) => ReactNode
  /** What rows are ordered by; without it the column can't be ordered. */
  readonly sort?: (row: Row) => string | number
  readonly align?: 'right'
  /** Narrower than this it is left out: what matters most stays. */
  readonly hideBelow?: 'sm' | 'md' | 'lg'
}

type ListTableProps<Row> = {
  /** What the list holds, e.g. `API keys`. */
  readonly label: string
  readonly rows: readonly Row[] | undefined
  readonly error?: unknown
  readonly onRetry?: () => unknown
  readonly columns: readonly Column<Row>[]
  readonly rowKey: (row: Row) => string
  /** What the search box looks into; without it there is none. */
  readonly searchText?: (row: Row) => string
  /** Shown when there is nothing at all. */
  readonly empty: ReactNode
  /** Beside the search box. */
  readonly filters?: ReactNode
}

const PAGE = 50

/** A list of the API with its states: loading, failed, empty, nothing found. Ordered, searched and paged in the browser. */
export function ListTable<Row>(props: ListTableProps<Row>) {
  const { label, rows, error, onRetry, columns, rowKey, searchText, empty, filters } = props
  const [search, setSearch] = useState('')
  const [order, setOrder] = useState<{ id: string; descending: boolean }>()
  const [page, setPage] = useState(0)
  const shown = useMemo(() => {
    const wanted = search.trim().toLowerCase()
    const found = (rows ?? []).filter((row) => !wanted || (searchText?.(row) ?? '').toLowerCase().includes(wanted))
    const sort = columns.find(({ id }) => id === order?.id)?.sort
    return sort ? found.toSorted((a, b) => compare(sort(a), sort(b)) * (order?.descending ? -1 : 1)) : found
  }, [rows, search, searchText, columns, order])
  if (error && !rows) return <Frame>{<ErrorState error={error} {...(onRetry && { onRetry })} />}</Frame>
  if (rows?.length === 0) return <Frame>{empty}</Frame>
  const first = Math.min(page, Math.max(0, Math.ceil(shown.length / PAGE) - 1)) * PAGE
  return (
    <>
      {Boolean(error) && (
        <Alert
          severity="warning"
          variant="outlined"
          sx={{ mb: 1.5 }}
          action={
            onRetry && (
              <Button color="inherit" onClick={() => void onRetry()}>
                Try again
              </Button>
            )
          }
        >
          This is what was there before: it could not be asked for again. {isProblem(error) && error.detail}
        </Alert>
      )}
      {(searchText || filters) && (
        <Box sx={{ display: 'flex', gap: 1, mb: 1.5, flexWrap: 'wrap' }}>
          {searchText && (
            <TextField
              value={search}
              onChange={(event) => setSearch(event.target.value)}
              placeholder={`Search ${label}`}
              sx={{ maxWidth: 320 }}
              slotProps={{
                htmlInput: { 'aria-label': `Search ${label}` },
                input: {
                  startAdornment: (
                    <InputAdornment position="start">
                      <SearchIcon fontSize="small" />
                    </InputAdornment>
                  ),
                },
              }}
            />
          )}
          {filters}
        </Box>
      )}
      <TableContainer component={Paper} variant="outlined">
        <Table aria-label={label} aria-busy={rows === undefined}>
          <TableHead>
            <TableRow>
              {columns.map(({ id, label: text, sort, align, hideBelow }) => (
                <TableCell
                  key={id}
                  align={align}
                  sx={hidden(hideBelow)}
                  sortDirection={order?.id === id ? (order.descending ? 'desc' : 'asc') : false}
                >
                  {sort ? (
                    <TableSortLabel
                      active={order?.id === id}
                      direction={order?.id === id && order.descending ? 'desc' : 'asc'}
                      onClick={() => setOrder({ id, descending: order?.id === id && !order.descending })}
                    >
                      {text}
                    </TableSortLabel>
                  ) : (
                    text
                  )}
                </TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody>
            {rows === undefined
              ? LOADING_ROWS.map((key) => (
                  <TableRow key={key}>
                    {columns.map(({ id, hideBelow }) => (
                      <TableCell key={id} sx={hidden(hideBelow)}>
                        <Skeleton />
                      </TableCell>
                    ))}
                  </TableRow>
                ))
              : shown.slice(first, first + PAGE).map((row) => (
                  <TableRow key={rowKey(row)} hover>
                    {columns.map(({ id, cell, align, hideBelow }, index) => (
                      <TableCell
                        key={id}
                        align={align}
                        // What a row is about keeps room enough for its words.
                        sx={{ ...hidden(hideBelow), overflowWrap: 'anywhere', minWidth: index === 0 ? 128 : undefined }}
                      >
                        {cell(row)}
                      </TableCell>
                    ))}
                  </TableRow>
                ))}
          </TableBody>
        </Table>
        {rows && shown.length === 0 && (
          <Typography sx={{ p: 4, textAlign: 'center', color: 'text.secondary' }}>
            Nothing here matches “{search.trim()}”.
          </Typography>
        )}
        {shown.length > PAGE && (
          <TablePagination
            component="div"
            count={shown.length}
            page={first / PAGE}
            rowsPerPage={PAGE}
            rowsPerPageOptions={[PAGE]}
            onPageChange={(_, next) => setPage(next)}
          />
        )}
      </TableContainer>
    </>
  )
}

const LOADING_ROWS = ['1', '2', '3', '4']

const Frame = ({ children }: { children: ReactNode }) => <Paper variant="outlined">{children}</Paper>

const hidden = (below: Column<unknown>['hideBelow']) =>
  below ? { display: { xs: 'none', [below]: 'table-cell' } } : {}

const compare = (a: string | number, b: string | number) =>
  typeof a === 'string' && typeof b === 'string' ? a.localeCompare(b) : a < b ? -1 : a > b ? 1 : 0
