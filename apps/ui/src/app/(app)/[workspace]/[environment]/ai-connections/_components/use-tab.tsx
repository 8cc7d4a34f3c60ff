'use client'

import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import Skeleton from '@mui/material/Skeleton'
import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import type { AiConnection } from '@/client/queries'
import { count, duration, share } from '@/components/figures'
import { ProblemAlert } from '@/components/problem-alert'
import { Section } from '@/components/section'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { permissionOf, useMay } from '@/session/use-permission'
import { recentUseQuery, usesQuery } from '../queries'
import { UsesList } from './uses-list'

/** What a connection did lately, and what names it. */
export function UseTab({ connection }: { connection: AiConnection }) {
  const path = useEnvironmentPath()
  const may = useMay()
  const mayMeasure = may('queryUsage')
  const recent = useQuery({ ...recentUseQuery(path), enabled: mayMeasure })
  const uses = useQuery(usesQuery(path, connection.id))
  const use = recent.data?.get(connection.id)
  return (
    <>
      <Section
        title="The last hour"
        actions={
          <MuiLink component={Link} href={`${path.href}/usage`}>
            All usage
          </MuiLink>
        }
      >
        {!mayMeasure ? (
          <Typography sx={{ color: 'text.secondary' }}>
            It takes the permission “{permissionOf('queryUsage')}”.
          </Typography>
        ) : recent.error && !recent.data ? (
          <ProblemAlert error={recent.error} />
        ) : recent.isLoading ? (
          <Skeleton height={48} />
        ) : use ? (
          <Box component="dl" className="figures" sx={{ m: 0, display: 'flex', gap: 5, flexWrap: 'wrap' }}>
            <Figure name="Requests" value={count(use.requests)} />
            <Figure name="Errors" value={share(use.errorShare)} />
            <Figure name="Latency p95" value={use.p95Ms === null ? '–' : duration(use.p95Ms)} />
          </Box>
        ) : (
          <Typography sx={{ color: 'text.secondary' }}>No request went through it.</Typography>
        )}
      </Section>
      <Section
        title="Used by"
        description="AI resources that may send requests through it, and API keys that may call its models directly."
      >
        {uses.error && !uses.data ? (
          <ProblemAlert error={uses.error} />
        ) : uses.data ? (
          <UsesList uses={uses.data} />
        ) : (
          <Skeleton height={48} />
        )}
      </Section>
    </>
  )
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <Typography component="dt" variant="body2" sx={{ color: 'text.secondary' }}>
        {name}
      </Typography>
      <Typography component="dd" variant="h2" sx={{ m: 0 }}>
        {value}
      </Typography>
    </div>
  )
}
