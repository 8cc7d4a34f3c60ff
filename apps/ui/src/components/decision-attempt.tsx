'use client'

import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import type { AuditExchange } from '@vm-x/contract'
import Link from 'next/link'
import { OutcomeIcon } from './decision-outcome-label'
import { type Attempt, OUTCOMES } from './decision-outcomes'
import { limitInWords, meaningOf, whatFollowed } from './decision-story'
import { Remark, Step } from './decision-timeline'
import { duration } from './figures'

type AttemptStepProps = {
  readonly exchange: AuditExchange
  readonly index: number
  readonly attempt: Attempt
  readonly compact: boolean
  /** Where the pages of the environment begin. */
  readonly href: string
}

/** One request to a provider, or why none was made, and what followed. */
export function AttemptStep({ exchange, index, attempt, compact, href }: AttemptStepProps) {
  const { title } = OUTCOMES[attempt.outcome]
  const followed = whatFollowed(exchange, index)
  const facts = factsOf(attempt)
  return (
    <Step
      icon={<OutcomeIcon outcome={attempt.outcome} />}
      title={
        <>
          {title}
          <Box component="span" sx={{ fontWeight: 450, color: 'text.secondary' }}>
            {' · '}
            <MuiLink
              component={Link}
              href={`${href}/ai-connections/${attempt.connectionId}`}
              color="inherit"
              underline="always"
            >
              {attempt.connection}
            </MuiLink>
            {` / ${attempt.model}`}
          </Box>
        </>
      }
      aside={attempt.durationMs !== undefined && duration(attempt.durationMs)}
    >
      {attempt.outcome !== 'ok' && !compact && <Remark>{meaningOf(attempt)}</Remark>}
      {attempt.limit !== undefined && <Remark>Limit: {limitInWords(attempt.limit)}.</Remark>}
      {facts.length > 0 && (
        <Remark>
          {facts.map(([name, value], place) => (
            <span key={name}>
              {place > 0 && ' · '}
              {name} <code>{value}</code>
            </span>
          ))}
        </Remark>
      )}
      {attempt.waitedMs !== undefined && <Remark>Waited {duration(attempt.waitedMs)} before it, on purpose.</Remark>}
      {attempt.probe && <Remark>It was let through to see whether the target is back.</Remark>}
      {!attempt.sent && attempt.outcome !== 'pending' && !compact && <Remark>Nothing was sent to the provider.</Remark>}
      {attempt.malformedEvents !== undefined && (
        <Remark>{attempt.malformedEvents} unreadable events of its stream were left out.</Remark>
      )}
      {followed && <Remark>{followed}</Remark>}
    </Step>
  )
}

/** What the provider and the network said. */
function factsOf({
  outcome,
  status,
  providerCode,
  fault,
  providerRequestId,
}: Attempt): readonly (readonly [string, string])[] {
  const facts = [
    ['status', outcome === 'provider_unavailable' ? undefined : status?.toString()],
    ['code', providerCode],
    ['fault', fault],
    ['provider request', providerRequestId],
  ] as const
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}
