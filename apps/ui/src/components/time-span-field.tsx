'use client'

import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import { isSpanName, SPANS, type SpanName, type TimeSpan } from './time-spans'

type TimeSpanFieldProps = {
  readonly value: TimeSpan
  readonly spans: readonly SpanName[]
  /** Whether all of time can be chosen. */
  readonly any?: boolean
  readonly onChange: (value: TimeSpan) => void
}

/** Chooses a span of time: one that ends now, or one of its own, in the time zone of the browser. */
export function TimeSpanField({ value, spans, any = false, onChange }: TimeSpanFieldProps) {
  const { span, from, to } = value
  const custom = from !== undefined || to !== undefined
  const choose = (chosen: string) => {
    if (isSpanName(chosen)) return onChange({ span: chosen })
    if (chosen === ANY) return onChange({})
    onChange({
      from: new Date(Math.floor((Date.now() - SPANS[span ?? '24h'].ms) / MINUTE_MS) * MINUTE_MS).toISOString(),
    })
  }
  return (
    <>
      <TextField
        select
        label="Time"
        value={span ?? (custom ? CUSTOM : ANY)}
        onChange={(event) => choose(event.target.value)}
        sx={{ width: { xs: 'calc(50% - 4px)', sm: 160 } }}
      >
        {any && <MenuItem value={ANY}>Any time</MenuItem>}
        {spans.map((name) => (
          <MenuItem key={name} value={name}>
            {SPANS[name].label}
          </MenuItem>
        ))}
        <MenuItem value={CUSTOM}>From … to …</MenuItem>
      </TextField>
      {custom && (
        <>
          <MomentField label="From" value={from} onChange={(at) => onChange(bounds(at, to))} />
          <MomentField label="Before" value={to} onChange={(at) => onChange(bounds(from, at))} />
        </>
      )}
    </>
  )
}

const ANY = 'any'
const CUSTOM = 'custom'
const MINUTE_MS = 60_000

/** At least one end stays: else it would be no span of its own. */
const bounds = (from: string | undefined, to: string | undefined): TimeSpan => ({
  ...(from && { from }),
  ...(to && { to }),
})

type MomentFieldProps = { label: string; value: string | undefined; onChange: (at: string | undefined) => void }

function MomentField({ label, value, onChange }: MomentFieldProps) {
  return (
    <TextField
      type="datetime-local"
      label={label}
      // What is typed half is no time yet: the field keeps it, and the span stays.
      key={value}
      defaultValue={value ? localInput(value) : ''}
      onBlur={(event) => {
        const { value: text } = event.target
        const at = text ? new Date(text).toISOString() : undefined
        if (at !== value && (at === undefined || localInput(at) !== (value && localInput(value)))) onChange(at)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.target instanceof HTMLElement) event.target.blur()
      }}
      sx={{ width: { xs: 'calc(50% - 4px)', sm: 200 } }}
      slotProps={{ inputLabel: { shrink: true } }}
    />
  )
}

/** As such a field takes it: the clock of the browser, without a zone. */
function localInput(at: string): string {
  const date = new Date(at)
  return new Date(date.getTime() - date.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16)
}
