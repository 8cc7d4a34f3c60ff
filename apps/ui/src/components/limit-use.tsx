'use client'

import Box from '@mui/material/Box'
import LinearProgress from '@mui/material/LinearProgress'
import Skeleton from '@mui/material/Skeleton'
import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { capacityQuery } from '@/client/queries'
import type { components } from '@/client/schema'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { permissionOf, useMay } from '@/session/use-permission'
import { count, shortCount } from './figures'
import { PER_PERIOD, PER_VALUE } from './limits-text'
import { Moment } from './moment'
import { ProblemAlert } from './problem-alert'

type CapacityLimit = components['schemas']['CapacityLimit']

type LimitUseProps = Pick<CapacityLimit['owner'], 'kind' | 'id' | 'model'> & {
  /** Shown where nothing is limited. */
  readonly empty?: string
}

/** How much of the limits of one owner is used now, and when it is free again. */
export function LimitUse({ kind, id, model, empty = 'Nothing is limited.' }: LimitUseProps) {
  const path = useEnvironmentPath()
  const may = useMay()
  const allowed = may('getCapacity')
  const { data, error } = useQuery({ ...capacityQuery(path), enabled: allowed, refetchInterval: 10_000 })
  if (!allowed) return <Quiet>What is used is shown to whom a role gives “{permissionOf('getCapacity')}”.</Quiet>
  if (error && !data) return <ProblemAlert error={error} />
  if (!data) return <Skeleton variant="rounded" height={44} />
  const limits = data.limits.filter(({ owner }) => owner.kind === kind && owner.id === id && owner.model === model)
  if (limits.length === 0) return <Quiet>{empty}</Quiet>
  return (
    <Box
      component="ul"
      aria-label="Use of the limits"
      sx={{
        m: 0,
        p: 0,
        listStyle: 'none',
        display: 'grid',
        gap: 2,
        gridTemplateColumns: { xs: '1fr', sm: 'repeat(auto-fill, minmax(260px, 1fr))' },
      }}
    >
      {limits.flatMap((limit) =>
        (['requests', 'tokens'] as const).map((what) => {
          const amount = limit[what]
          return amount && <Bar key={`${keyOf(limit)} ${what}`} limit={limit} what={what} amount={amount} />
        }),
      )}
    </Box>
  )
}

type BarProps = {
  readonly limit: CapacityLimit
  readonly what: 'requests' | 'tokens'
  readonly amount: NonNullable<CapacityLimit['tokens']>
}

function Bar({ limit: { period, dimension, discovered, resetsAt, values }, what, amount }: BarProps) {
  const { limit, used } = amount
  const write = what === 'tokens' ? shortCount : count
  const name = period === 'concurrent' ? 'Requests at the same time' : `${NAMES[what]} ${PER_PERIOD[period]}`
  const percent = used === undefined ? 0 : limit === 0 ? 100 : Math.min(100, (used / limit) * 100)
  return (
    <Box component="li" sx={{ minWidth: 0 }}>
      <Box className="figures" sx={{ display: 'flex', gap: 1, justifyContent: 'space-between', mb: 0.5 }}>
        <Typography variant="body2">{name}</Typography>
        <Typography variant="body2" sx={{ whiteSpace: 'nowrap' }}>
          {used === undefined ? write(limit) : `${write(Math.round(used))} of ${write(limit)}`}
        </Typography>
      </Box>
      {used !== undefined && (
        <LinearProgress
          variant="determinate"
          value={percent}
          aria-label={`${name}: used`}
          color={percent >= 100 ? 'error' : percent >= 80 ? 'warning' : 'primary'}
          sx={{ height: 6, borderRadius: 1 }}
        />
      )}
      <Typography variant="caption" component="div" sx={{ color: 'text.secondary', mt: 0.5, minHeight: 20 }}>
        {dimension && `${PER_VALUE[dimension]}; ${count(values ?? 0)} counted now. `}
        {discovered && 'Told by the provider. '}
        {resetsAt && (
          <>
            {period === 'minute' ? 'All free again' : 'Begins anew'} <Moment at={resetsAt} />
          </>
        )}
      </Typography>
    </Box>
  )
}

const NAMES = { requests: 'Requests', tokens: 'Tokens' } as const

const keyOf = ({ period, dimension, discovered }: CapacityLimit) => `${period} ${dimension ?? ''} ${discovered ?? ''}`

const Quiet = ({ children }: { children: ReactNode }) => (
  <Typography variant="body2" sx={{ color: 'text.secondary' }}>
    {children}
  </Typography>
)
