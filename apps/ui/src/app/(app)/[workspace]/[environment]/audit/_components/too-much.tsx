'use client'

import HourglassIcon from '@mui/icons-material/HourglassEmpty'
import Button from '@mui/material/Button'
import type { Problem } from '@/client/problem'
import { EmptyState } from '@/components/states'
import { SPANS, type SpanName } from '@/components/time-spans'

type TooMuchProps = {
  readonly error: Problem
  readonly onRetry: () => unknown
  readonly change: (changes: Readonly<Record<string, string | undefined>>) => void
  readonly onClear: () => void
}

/** The API did not answer because too much would have to be read, or a filter has no value that it takes. */
export function TooMuch({ error, onRetry, change, onClear }: TooMuchProps) {
  const narrow = (span: SpanName) => () => change({ span, from: '', to: '' })
  const mistyped = error.errors.filter(({ path }) => path !== '')
  return (
    <EmptyState
      icon={<HourglassIcon />}
      title={error.code === 'unavailable' ? 'That takes too long to read' : 'That can not be looked for'}
      action={
        <>
          <Button variant="outlined" onClick={narrow('1h')}>
            {SPANS['1h'].label}
          </Button>
          <Button variant="outlined" onClick={narrow('24h')}>
            {SPANS['24h'].label}
          </Button>
          <Button onClick={onClear}>Clear the filters</Button>
          {error.code === 'unavailable' && <Button onClick={() => void onRetry()}>Try again</Button>}
        </>
      }
    >
      <div role="alert">
        {mistyped.length === 0 && error.detail}
        {mistyped.map(({ path, message }) => (
          <div key={`${path} ${message}`}>
            <code>{path}</code> {message}
          </div>
        ))}
      </div>
    </EmptyState>
  )
}
