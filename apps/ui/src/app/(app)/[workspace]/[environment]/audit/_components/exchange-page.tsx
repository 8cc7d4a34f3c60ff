'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Skeleton from '@mui/material/Skeleton'
import { useQuery } from '@tanstack/react-query'
import type { AuditExchange } from '@vm-x/contract'
import Link from 'next/link'
import { useParams } from 'next/navigation'
import { isProblem } from '@/client/problem'
import { resourceQuery } from '@/client/queries'
import { CodeBlock } from '@/components/code-block'
import { DecisionRecord } from '@/components/decision-record'
import { fullTime } from '@/components/exact-time'
import { PageHeader } from '@/components/page-header'
import { Section } from '@/components/section'
import { EmptyState, ErrorState } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { exchangeQuery } from '../queries'
import { ExchangeFacts } from './exchange-facts'

/** All that is known of one request. */
export function ExchangePage() {
  const path = useEnvironmentPath()
  const { exchangeId = '' } = useParams<Partial<Record<string, string>>>()
  const { data: exchange, error, refetch } = useQuery(exchangeQuery(path, exchangeId))
  const ruleNames = useRuleNames(exchange)
  const header = (
    <PageHeader
      title="Exchange"
      trail={[{ label: 'Audit', href: `${path.href}/audit` }]}
      description={exchange ? fullTime(exchange.startedAt) : !error && <Skeleton width={260} />}
    />
  )
  if (isProblem(error, 'not_found')) return <Missing exchangeId={exchangeId} href={path.href} />
  if (error && !exchange)
    return (
      <>
        {header}
        <ErrorState error={error} onRetry={refetch} />
      </>
    )
  return (
    <>
      {header}
      <Box
        sx={{
          display: 'grid',
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 3fr) minmax(0, 2fr)' },
          columnGap: 2,
          alignItems: 'start',
        }}
      >
        <Section title="What happened">
          {exchange ? (
            <DecisionRecord exchange={exchange} ruleNames={ruleNames} />
          ) : (
            <Skeleton variant="rounded" height={320} />
          )}
        </Section>
        <Section title="Facts">
          {exchange ? <ExchangeFacts exchange={exchange} /> : <Skeleton variant="rounded" height={420} />}
        </Section>
      </Box>
      {exchange && (
        <Section title="Record" description="As the API shows it. It holds no text of the request or the answer.">
          <CodeBlock label="the record" code={JSON.stringify(exchange, null, 2)} maxHeight={360} />
        </Section>
      )}
    </>
  )
}

const NONE: readonly string[] = []

/** Records tell rules by their place: what stands there now is only its name where nobody has saved the resource since. */
function useRuleNames(exchange: AuditExchange | undefined): readonly string[] {
  const path = useEnvironmentPath()
  const may = useMay()
  const aiResourceId = exchange?.resourceId
  const hasRules = (exchange?.decision.rules?.length ?? 0) > 0
  const { data: resource } = useQuery({
    ...resourceQuery(path, aiResourceId ?? ''),
    enabled: aiResourceId !== undefined && hasRules && may('getAiResource', { aiResourceId }),
  })
  if (!exchange || !resource || Date.parse(resource.updatedAt) > Date.parse(exchange.startedAt)) return NONE
  return resource.routing.map(({ description }) => description ?? '')
}

function Missing({ exchangeId, href }: { exchangeId: string; href: string }) {
  return (
    <>
      <PageHeader title="Exchange" trail={[{ label: 'Audit', href: `${href}/audit` }]} />
      <EmptyState
        title="There is no exchange of this id"
        icon={null}
        action={
          <>
            <Button
              component={Link}
              variant="outlined"
              href={`${href}/audit?clientRequestId=${encodeURIComponent(exchangeId)}`}
            >
              Look for it as a client's own id
            </Button>
            <Button component={Link} href={`${href}/audit`}>
              All exchanges
            </Button>
          </>
        }
      >
        An exchange shows up about a second after its answer has ended. It may also belong to another environment, or be
        older than records are kept.
      </EmptyState>
    </>
  )
}
