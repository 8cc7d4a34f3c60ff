'use client'

import AddIcon from '@mui/icons-material/Add'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Typography from '@mui/material/Typography'
import { useRef } from 'react'
import type { components } from '@/client/schema'
import { AmountField } from './limits-amount'
import { LimitRow } from './limits-row'

export type Limit = components['schemas']['Limit']

export type LimitsValue = {
  readonly capacity: Limit[]
  readonly maxConcurrent?: number | null | undefined
}

type LimitsEditorProps = {
  readonly value: LimitsValue
  readonly onChange: (value: { capacity: Limit[]; maxConcurrent: number | null }) => void
  /** By the path of the field, as `errorsByPath` or the API's refusals have them, e.g. `capacity.0.tokens`. */
  readonly errors?: Readonly<Record<string, string>>
  readonly disabled?: boolean
}

/** Edits how much may be used per period and at the same time. */
export function LimitsEditor({ value, onChange, errors: given = {}, disabled = false }: LimitsEditorProps) {
  const errors = withDots(given)
  const { capacity } = value
  const maxConcurrent = value.maxConcurrent ?? null
  const add = useRef<HTMLButtonElement>(null)
  const change = (next: Limit[]) => onChange({ capacity: next, maxConcurrent })
  const free = freeLimit(capacity)
  return (
    <Box sx={{ display: 'grid', gap: 1.5 }}>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        A minute is the last 60 seconds; longer periods begin on the calendar of the workspace’s time zone. An empty
        field means unlimited, zero means none at all.
      </Typography>
      {errors.capacity && (
        <Alert severity="error" variant="outlined">
          Limits: {errors.capacity}
        </Alert>
      )}
      {capacity.map((limit, index) => (
        <LimitRow
          key={POSITIONS[index]}
          number={index + 1}
          limit={limit}
          isTwin={capacity.some((other, at) => at !== index && keyOf(other) === keyOf(limit))}
          errors={errorsOf(errors, index)}
          disabled={disabled}
          onChange={(next) => change(capacity.map((one, at) => (at === index ? next : one)))}
          onRemove={() => {
            change(capacity.filter((_, at) => at !== index))
            add.current?.focus()
          }}
        />
      ))}
      <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', alignItems: 'flex-start' }}>
        <Button
          ref={add}
          variant="outlined"
          startIcon={<AddIcon />}
          disabled={disabled || free === undefined}
          onClick={() => free && change([...capacity, free])}
        >
          Add a limit
        </Button>
      </Box>
      <Box sx={{ maxWidth: 280, mt: 1 }}>
        <AmountField
          label="Requests at the same time"
          value={maxConcurrent ?? undefined}
          error={errors.maxConcurrent}
          disabled={disabled}
          onChange={(amount) => onChange({ capacity, maxConcurrent: amount ?? null })}
        />
      </Box>
    </Box>
  )
}

/** The contract's most: rows have no identity but their place. */
const POSITIONS = Array.from({ length: 16 }, (_, index) => `limit ${index + 1}`)

const PERIODS = ['minute', 'day', 'month', 'hour', 'week', 'lifetime'] as const
const DIMENSIONS = [undefined, 'user', 'source-ip'] as const

/** A limit of a period and dimension that has none yet. */
function freeLimit(capacity: readonly Limit[]): Limit | undefined {
  if (capacity.length >= POSITIONS.length) return undefined
  const taken = new Set(capacity.map(keyOf))
  return DIMENSIONS.flatMap((dimension) =>
    PERIODS.map((period): Limit => ({ period, reserve: 'expected', enabled: true, ...(dimension && { dimension }) })),
  ).find((limit) => !taken.has(keyOf(limit)))
}

const keyOf = ({ period, dimension }: Limit) => `${period} ${dimension ?? ''}`

/** The API writes places of a list as `capacity[0]`, forms as `capacity.0`. */
const withDots = (errors: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(errors).map(([path, message]) => [path.replace(/\[(\d+)\]/g, '.$1'), message]))

/** What is wrong with one limit, by its field; with all of it: by the empty text. */
function errorsOf(errors: Readonly<Record<string, string>>, index: number): Record<string, string> {
  const own = `capacity.${index}`
  return Object.fromEntries(
    Object.entries(errors)
      .filter(([path]) => path === own || path.startsWith(`${own}.`))
      .map(([path, message]) => [path.slice(own.length + 1), message]),
  )
}
