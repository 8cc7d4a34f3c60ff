'use client'

import BarChartIcon from '@mui/icons-material/BarChart'
import Button from '@mui/material/Button'
import Paper from '@mui/material/Paper'
import Link from 'next/link'
import { EmptyState } from '@/components/states'
import { SPANS } from '@/components/time-spans'
import { useEnvironmentPath } from '@/session/use-environment-path'

type NoUsageProps = {
  readonly narrowed: boolean
  /** Whether a longer time can be chosen. */
  readonly longer: boolean
  readonly change: (changes: Readonly<Record<string, string | undefined>>) => void
}

export function NoUsage({ narrowed, longer, change }: NoUsageProps) {
  const { href } = useEnvironmentPath()
  return (
    <Paper variant="outlined">
      <EmptyState
        icon={<BarChartIcon />}
        title="No requests in this time"
        action={
          <>
            {longer && (
              <Button variant="outlined" onClick={() => change({ span: '90d', from: undefined, to: undefined })}>
                Look at the {SPANS['90d'].label.toLowerCase()}
              </Button>
            )}
            <Button component={Link} href={`${href}/playground`} variant={longer ? 'text' : 'contained'}>
              Send one in the playground
            </Button>
          </>
        }
      >
        {narrowed
          ? 'Nothing that the filters leave was asked in it.'
          : 'Requests, tokens, errors and latency are drawn here as soon as there are some.'}
      </EmptyState>
    </Paper>
  )
}
