'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import Collapse from '@mui/material/Collapse'
import { type ReactNode, useState } from 'react'
import { OUTCOMES } from '@/components/decision-outcomes'
import { FilterSelect, FilterText } from '@/components/filter-fields'
import { nameIn } from '@/components/named-link'
import { TimeSpanField } from '@/components/time-span-field'
import type { TimeSpan } from '@/components/time-spans'
import type { Names } from '@/components/use-names'
import { type AuditFilters, type FilterName, isNarrowed, NO_FILTERS } from './audit-filters'

type FilterBarProps = {
  readonly filters: AuditFilters
  readonly time: TimeSpan
  readonly names: Names
  readonly change: (changes: Readonly<Record<string, string | undefined>>) => void
}

const SECOND_ROW: readonly FilterName[] = ['apiKeyId', 'model', 'user', 'errorText']

/** Narrows the list; all of it is in the page's address, so that it can be sent to others. */
export function FilterBar({ filters, time, names, change }: FilterBarProps) {
  const [more, setMore] = useState(SECOND_ROW.some((name) => filters[name] !== undefined))
  const { outcome, statusClass } = filters
  const others = OTHERS.flatMap((name) => {
    const value = filters[name]
    return value === undefined ? [] : [{ name, value }]
  })
  return (
    <Box role="group" aria-label="Filters" sx={{ mt: -1.5, mb: 1.5 }}>
      <Row>
        <TimeSpanField
          any
          spans={['15m', '1h', '24h', '7d', '30d']}
          value={time}
          onChange={({ span, from, to }) => change({ span, from, to })}
        />
        <FilterSelect
          label="Outcome"
          all="All outcomes"
          width={210}
          value={outcome ?? statusClass}
          options={OUTCOME_OPTIONS}
          onChange={(value) =>
            change(value?.endsWith('xx') ? { statusClass: value, outcome: '' } : { outcome: value, statusClass: '' })
          }
        />
        <FilterSelect
          label="AI resource"
          all="All resources"
          value={filters.resourceId}
          options={names.all.resource ?? []}
          nameOf={(id) => nameIn(names, 'resource', id)}
          onChange={(resourceId) => change({ resourceId })}
        />
        <FilterSelect
          label="AI connection"
          all="All connections"
          value={filters.connectionId}
          options={names.all.connection ?? []}
          nameOf={(id) => nameIn(names, 'connection', id)}
          onChange={(connectionId) => change({ connectionId })}
        />
        <Button color="secondary" aria-expanded={more} onClick={() => setMore(!more)}>
          {more ? 'Fewer filters' : 'More filters'}
        </Button>
        {(isNarrowed(filters) || Object.keys(time).length > 0) && (
          <Button color="secondary" onClick={() => change({ ...NO_FILTERS, span: '', from: '', to: '' })}>
            Clear
          </Button>
        )}
      </Row>
      <Collapse in={more} unmountOnExit>
        <Row>
          <FilterSelect
            label="API key"
            all="All keys"
            value={filters.apiKeyId}
            options={names.all.key ?? []}
            nameOf={(id) => nameIn(names, 'key', id)}
            onChange={(apiKeyId) => change({ apiKeyId })}
          />
          <FilterText
            label="Model at the provider"
            value={filters.model}
            placeholder="exact name"
            onChange={(model) => change({ model })}
          />
          <FilterText
            label="The request's user"
            value={filters.user}
            placeholder="exact text"
            onChange={(user) => change({ user })}
          />
          <FilterText
            label="Error text"
            value={filters.errorText}
            placeholder="code, fault or limit"
            width={210}
            onChange={(errorText) => change({ errorText })}
          />
        </Row>
      </Collapse>
      {others.length > 0 && (
        <Row>
          {others.map(({ name, value }) => (
            <Chip
              key={name}
              variant="outlined"
              label={`${OTHER_LABELS[name]}: ${name === 'userId' ? nameIn(names, 'member', value) : value}`}
              onDelete={() => change({ [name]: '' })}
              sx={{ maxWidth: '100%' }}
            />
          ))}
        </Row>
      )}
    </Box>
  )
}

const Row = ({ children }: { children: ReactNode }) => (
  <Box sx={{ display: 'flex', columnGap: 1, rowGap: 1.5, flexWrap: 'wrap', alignItems: 'center', pt: 1.5 }}>
    {children}
  </Box>
)

const OTHER_LABELS = {
  status: 'Status',
  userId: 'Signed-in user',
  provider: 'Provider',
  requestedModel: 'Asked for',
  operation: 'Operation',
  correlationId: 'Correlation id',
  clientRequestId: "Client's own id",
} as const

const OTHERS = Object.keys(OTHER_LABELS) as (keyof typeof OTHER_LABELS)[]

/** Outcomes of attempts alone are none of an exchange. */
const OF_ATTEMPTS = ['pending', 'circuit_open', 'held']

const OUTCOME_OPTIONS = [
  { id: '2xx', name: 'Status 2xx: answered' },
  { id: '4xx', name: 'Status 4xx: refused' },
  { id: '5xx', name: 'Status 5xx: failed' },
  ...Object.entries(OUTCOMES)
    .filter(([outcome]) => !OF_ATTEMPTS.includes(outcome))
    .map(([id, { title }]) => ({ id, name: title })),
]
