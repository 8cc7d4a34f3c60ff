'use client'

import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import { DEFAULT_RETRIES, DEFAULT_TIMEOUTS } from '@vm-x/contract'
import type { ReactNode } from 'react'
import { count, duration } from '@/components/figures'
import { AmountField } from '@/components/limits-amount'
import { Section } from '@/components/section'
import type { ResourceValues, TabProps } from './resource-form'

/** How long each stage may take and how often a target is tried again. */
export function TimesTab({ values, set, errors, connections, readOnly }: TabProps) {
  const { timeouts, retries } = values
  const connection = connections.find(({ id }) => id === values.model.connectionId)
  return (
    <>
      <Section
        title="Time limits"
        description="In milliseconds. What is empty is up to the connection of each target, and else the default."
      >
        <Rows>
          {STAGES.map(({ name, title, text }) => {
            // The connection of a target has no say in the time of all of them together.
            const ofConnection = name === 'totalMs' ? undefined : connection?.timeouts[name]
            const inherited = ofConnection ?? DEFAULT_TIMEOUTS[name]
            return (
              <Row
                key={name}
                name={name}
                title={title}
                text={text}
                value={timeouts[name]}
                inherited={inherited}
                source={ofConnection === undefined ? 'default' : `of ${connection?.name}`}
                write={time}
                error={errors[`timeouts.${name}`]}
                readOnly={readOnly}
                onChange={(ms) => set('timeouts', without({ ...timeouts, [name]: ms }))}
              />
            )
          })}
        </Rows>
      </Section>
      <Section
        title="Retries"
        description="Tries of one target before the next one of the fallback chain has its turn. Only failures that may pass are tried again, and never after the answer has begun."
      >
        <Rows>
          {RETRIES.map(({ name, title, text, write }) => (
            <Row
              key={name}
              name={name}
              title={title}
              text={text}
              value={retries[name]}
              inherited={DEFAULT_RETRIES[name]}
              source="default"
              write={write}
              error={errors[`retries.${name}`]}
              readOnly={readOnly}
              onChange={(value) => set('retries', without({ ...retries, [name]: value }))}
            />
          ))}
        </Rows>
      </Section>
    </>
  )
}

type Field<Of> = { readonly name: keyof Of; readonly title: string; readonly text: string }

const STAGES: readonly Field<ResourceValues['timeouts']>[] = [
  { name: 'connectMs', title: 'Connecting', text: 'Until the connection to the provider stands.' },
  {
    name: 'firstByteMs',
    title: 'First byte',
    text: 'From the request to the headers of the answer. That is all of the work where an answer is not streamed.',
  },
  { name: 'firstTokenMs', title: 'First token', text: 'From the headers of a stream to its first event.' },
  { name: 'idleMs', title: 'Pause', text: 'Between two pieces of an answer.' },
  {
    name: 'totalMs',
    title: 'All together',
    text: 'All targets, retries and waits, to the end of the answer. None of the others can be longer.',
  },
]

const RETRIES: readonly (Field<ResourceValues['retries']> & { readonly write: (value: number) => string })[] = [
  {
    name: 'max',
    title: 'Retries',
    text: 'How often one target is tried again. At most 10; zero means never.',
    write: (times) => (times === 1 ? 'once' : `${count(times)} times`),
  },
  {
    name: 'baseMs',
    title: 'First wait',
    text: 'In milliseconds. The most that is waited before the first retry; it doubles with each. The wait itself is random up to it.',
    write: time,
  },
  {
    name: 'capMs',
    title: 'Longest wait',
    text: 'In milliseconds. No wait is longer. A provider that asks for more is not waited for.',
    write: time,
  },
]

const Rows = ({ children }: { children: ReactNode }) => <Box sx={{ display: 'grid' }}>{children}</Box>

type RowProps = {
  /** What the API calls it. */
  readonly name: string
  readonly title: string
  readonly text: string
  readonly value: number | undefined
  readonly inherited: number
  readonly source: string
  readonly write: (value: number) => string
  readonly error: string | undefined
  readonly readOnly: boolean
  readonly onChange: (value: number | undefined) => void
}

function Row({ name, title, text, value, inherited, source, write, error, readOnly, onChange }: RowProps) {
  return (
    <Box
      sx={{
        display: 'grid',
        gap: { xs: 1, md: 2 },
        gridTemplateColumns: { xs: 'minmax(0, 1fr) 130px', md: 'minmax(0, 1fr) 200px 180px' },
        alignItems: 'start',
        py: 1.5,
        borderTop: 1,
        borderColor: 'divider',
        '&:first-of-type': { borderTop: 0, pt: 0 },
      }}
    >
      <Box sx={{ gridColumn: { xs: '1 / -1', md: 'auto' } }}>
        <Typography variant="h3" component="h3">
          {title}{' '}
          <Box component="code" sx={{ color: 'text.secondary', fontWeight: 400, ml: 0.5 }}>
            {name}
          </Box>
        </Typography>
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          {text}
        </Typography>
      </Box>
      <AmountField
        label={title}
        value={value}
        onChange={onChange}
        placeholder={String(inherited)}
        error={error}
        disabled={readOnly}
      />
      <Typography variant="body2" className="figures" sx={{ color: 'text.secondary', pt: 1 }}>
        {value === undefined ? `${write(inherited)} (${source})` : write(value)}
      </Typography>
    </Box>
  )
}

/** Whole seconds and minutes without fractions, e.g. `5 s` and `2 min`. */
function time(ms: number): string {
  if (ms % 60_000 === 0 && ms > 0) return `${count(ms / 60_000)} min`
  return ms % 1000 === 0 && ms < 60_000 ? `${ms / 1000} s` : duration(ms)
}

/** What is cleared is left out. */
const without = <Of extends object>(values: Of): Of =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Of
