'use client'

import Alert from '@mui/material/Alert'
import AlertTitle from '@mui/material/AlertTitle'
import Box from '@mui/material/Box'
import type { ReactNode } from 'react'
import { count, duration } from '@/components/figures'
import { ProblemAlert } from '@/components/problem-alert'
import type { ConnectionTest } from '../queries'

type TestResultProps = {
  readonly test: ConnectionTest | undefined
  readonly error: unknown
  /** What was tested is not what is typed now. */
  readonly stale?: boolean
  /** At its end, e.g. to close it. */
  readonly action?: ReactNode
}

/** What came of asking the provider; read out when it arrives. */
export function TestResult({ test, error, stale = false, action }: TestResultProps) {
  return (
    <Box aria-live="polite">
      {error ? (
        <ProblemAlert error={error} shownFields={[]} />
      ) : (
        test && <Outcome test={test} stale={stale} action={action} />
      )}
    </Box>
  )
}

type OutcomeProps = { readonly test: ConnectionTest; readonly stale: boolean; readonly action: ReactNode }

function Outcome({ test: { ok, latencyMs, models, error }, stale, action }: OutcomeProps) {
  const old = stale && ' Settings were changed since: test again.'
  if (!ok)
    return (
      <Alert severity="error" variant="outlined" action={action} sx={{ mb: 2 }}>
        <AlertTitle>The provider could not be used</AlertTitle>
        {error?.message} <code>{error?.code}</code>
        {old}
      </Alert>
    )
  return (
    <Alert severity={stale ? 'info' : 'success'} variant="outlined" action={action} sx={{ mb: 2 }}>
      <AlertTitle>It works: answered in {duration(latencyMs ?? 0)}</AlertTitle>
      {models ? (
        <>
          {models.length === 1 ? 'One model was found: ' : `${count(models.length)} models were found: `}
          <Box
            component="code"
            role="region"
            aria-label="Models that were found"
            tabIndex={0}
            sx={{ display: 'block', mt: 0.5, maxHeight: 96, overflow: 'auto', overflowWrap: 'anywhere' }}
          >
            {models.join(', ')}
          </Box>
        </>
      ) : (
        'This provider has no list of models: type the names of those that you use.'
      )}
      {old}
    </Alert>
  )
}
