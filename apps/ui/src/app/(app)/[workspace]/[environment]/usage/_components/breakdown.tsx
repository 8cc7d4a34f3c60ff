'use client'

import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import Tab from '@mui/material/Tab'
import Tabs from '@mui/material/Tabs'
import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import type { UsageAnswerRow, UsageMetric } from '@vm-x/contract'
import Link from 'next/link'
import { useMemo } from 'react'
import { usageQuery } from '@/client/queries'
import { count, duration, share } from '@/components/figures'
import { type Column, ListTable } from '@/components/list-table'
import { nameIn } from '@/components/named-link'
import { Section } from '@/components/section'
import type { TimeSpan } from '@/components/time-spans'
import type { NamedKind, Names } from '@/components/use-names'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { type Bounds, breakdownQuestion, type Filter, figure } from './usage-questions'

type By = 'resourceId' | 'connectionId' | 'apiKeyId' | 'model'

const TABS: readonly { readonly by: By; readonly label: string; readonly kind?: NamedKind; readonly none: string }[] = [
  { by: 'resourceId', label: 'AI resource', kind: 'resource', none: 'No resource' },
  { by: 'connectionId', label: 'AI connection', kind: 'connection', none: 'Not answered by any' },
  { by: 'apiKeyId', label: 'API key', kind: 'key', none: 'Without a key' },
  { by: 'model', label: 'Model', none: 'Not answered by any' },
]

type BreakdownProps = {
  readonly bounds: Bounds
  readonly filter: Filter
  readonly time: TimeSpan
  readonly names: Names
  readonly by: string | null
  readonly change: (changes: Readonly<Record<string, string | undefined>>) => void
}

/** Who uses how much; each row leads to its exchanges. */
export function Breakdown({ bounds, filter, time, names, by, change }: BreakdownProps) {
  const path = useEnvironmentPath()
  const tab = TABS.find((one) => one.by === by) ?? TABS[0]
  const dimension = tab?.by ?? 'resourceId'
  const { data, error, refetch } = useQuery(usageQuery(path, breakdownQuestion(bounds, filter, dimension)))
  const columns = useMemo(
    () => columnsOf({ by: dimension, names, time, filter, href: path.href }),
    [dimension, names, time, filter, path.href],
  )
  return (
    <Section title="By whom and by what">
      <Tabs
        value={dimension}
        onChange={(_, chosen: By) => change({ by: chosen })}
        aria-label="Divide by"
        sx={{ mb: 1.5, mt: -1.5 }}
      >
        {TABS.map(({ by: value, label }) => (
          <Tab key={value} value={value} label={label} />
        ))}
      </Tabs>
      <ListTable
        key={dimension}
        label={`Usage by ${tab?.label ?? ''}`}
        rows={data?.rows}
        error={error}
        onRetry={refetch}
        columns={columns}
        rowKey={({ group }) => String(group[dimension])}
        empty={
          <Typography sx={{ p: 3, color: 'text.secondary', textAlign: 'center' }}>No requests in this time.</Typography>
        }
      />
      {data?.truncated && (
        <Typography variant="body2" sx={{ mt: 1, color: 'text.secondary' }}>
          Only the {data.rows.length} with the most requests are shown.
        </Typography>
      )}
    </Section>
  )
}

type Row = UsageAnswerRow
type ColumnsOf = { by: By; names: Names; time: TimeSpan; filter: Filter; href: string }

function columnsOf({ by, names, time, filter, href }: ColumnsOf): Column<Row>[] {
  const tab = TABS.find((one) => one.by === by)
  const nameOf = ({ group }: Row) => {
    const value = group[by]
    if (value === null || value === undefined) return tab?.none ?? ''
    return tab?.kind ? nameIn(names, tab.kind, String(value)) : String(value)
  }
  const total = (row: Row, metric: UsageMetric) => figure(row.values, metric) ?? 0
  const counted = (id: string, label: string, metric: UsageMetric, hideBelow?: 'sm' | 'md'): Column<Row> => ({
    id,
    label,
    align: 'right',
    sort: (row) => total(row, metric),
    cell: (row) => count(total(row, metric)),
    ...(hideBelow && { hideBelow }),
  })
  const measured = (id: string, label: string, metric: UsageMetric, hideBelow: 'sm' | 'md' | 'lg'): Column<Row> => ({
    id,
    label,
    align: 'right',
    // What has no value comes before all that have one.
    sort: (row) => figure(row.values, metric) ?? -1,
    cell: (row) => {
      const ms = figure(row.values, metric)
      return ms === null ? '–' : duration(ms)
    },
    hideBelow,
  })
  return [
    {
      id: 'name',
      label: tab?.label ?? '',
      sort: nameOf,
      cell: (row) => {
        const value = row.group[by]
        if (value === null || value === undefined)
          return (
            <Box component="span" sx={{ color: 'text.secondary' }}>
              {nameOf(row)}
            </Box>
          )
        return (
          <MuiLink
            component={Link}
            href={auditAddress(href, time, filter, { [by]: String(value) })}
            title="Show its exchanges"
          >
            {nameOf(row)}
          </MuiLink>
        )
      },
    },
    counted('requests', 'Requests', 'requests.sum'),
    {
      id: 'errors',
      label: 'Errors',
      align: 'right',
      sort: (row) => total(row, 'errors.sum') / Math.max(1, total(row, 'requests.sum')),
      cell: (row) => {
        const errors = total(row, 'errors.sum')
        return errors === 0 ? '0' : `${count(errors)} (${share(errors / total(row, 'requests.sum'))})`
      },
    },
    counted('input', 'Tokens in', 'inputTokens.sum', 'sm'),
    counted('output', 'Tokens out', 'outputTokens.sum', 'sm'),
    measured('p50', 'Duration p50', 'durationMs.p50', 'md'),
    measured('p95', 'p95', 'durationMs.p95', 'md'),
    measured('ttft', 'First token p50', 'timeToFirstTokenMs.p50', 'lg'),
  ]
}

/** The exchanges of a row: of the same time and with the same filters. */
function auditAddress(href: string, { span, from, to }: TimeSpan, filter: Filter, row: Record<string, string>): string {
  const search = new URLSearchParams(row)
  for (const [name, [id]] of Object.entries(filter)) if (id && !search.has(name)) search.set(name, id)
  for (const [name, value] of Object.entries({ span, from, to })) if (value) search.set(name, value)
  return `${href}/audit?${search}`
}
