'use client'

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'
import { count } from '@/components/figures'
import { RecordedDecision } from './recorded-decision'
import type { RecordedExchange } from './recorded-picker'
import { fullLimitInWords, REFUSALS, verdictOf } from './route-words'
import { RuleResults } from './rule-results'
import { TargetResults } from './target-results'
import type { DryRunResult } from './use-dry-run'

type RouteResultProps = {
  readonly result: DryRunResult
  readonly recorded: RecordedExchange | undefined
  readonly connectionName: (id: string) => string | undefined
  readonly onRepeat: () => void
  readonly busy: boolean
}

/** Where a request would go and why, beside where it went when it was recorded. */
export function RouteResult({ result, recorded, connectionName, onRepeat, busy }: RouteResultProps) {
  const { answer, asked, rules } = result
  const costs = new Map(answer.expressions.map(({ rule, cost }) => [rule, cost]))
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: recorded ? 'repeat(2, minmax(0, 1fr))' : 'minmax(0, 1fr)' },
        }}
      >
        <Box>
          {recorded && <Heading>Now</Heading>}
          <Typography sx={{ fontWeight: 650 }}>{verdictOf(answer)}</Typography>
          <Typography variant="body2" className="figures" sx={{ color: 'text.secondary' }}>
            {asked === 'draft' ? 'By the draft with your unsaved changes' : 'By the resource as it is saved'}.{' '}
            {count(Math.ceil(answer.inputTokens))} input tokens, estimated for the primary model.
          </Typography>
        </Box>
        {recorded && (
          <Box>
            <Heading>As it was recorded</Heading>
            <RecordedDecision exchange={recorded} />
          </Box>
        )}
      </Box>
      {answer.refusedBy && answer.refusedBy !== 'blocked_by_route' && (
        <Alert severity="warning">
          The request would be refused. {REFUSALS[answer.refusedBy]}
          {answer.fullLimits.map((limit) => (
            <div key={fullLimitInWords(limit)}>No room: {fullLimitInWords(limit)}.</div>
          ))}
        </Alert>
      )}
      {rules.length > 0 && (
        <Part title="Rules">
          <RuleResults rules={rules} decision={answer.decision} costs={costs} connectionName={connectionName} />
        </Part>
      )}
      {answer.blocked === undefined && (
        <Part title="Targets, in the order in which they would be tried">
          <TargetResults targets={answer.targets} />
        </Part>
      )}
      {answer.draws.length > 0 && (
        <Box sx={{ display: 'flex', gap: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
          <Typography variant="body2" className="figures" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
            Chance said {answer.draws.map((draw) => draw.toFixed(3)).join(', ')}.
          </Typography>
          <Button variant="outlined" onClick={onRepeat} disabled={busy}>
            Repeat with the same chance
          </Button>
        </Box>
      )}
    </Box>
  )
}

function Heading({ children }: { children: ReactNode }) {
  return (
    <Typography variant="h3" component="h3" sx={{ mb: 1 }}>
      {children}
    </Typography>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box component="section" aria-label={title} sx={{ minWidth: 0 }}>
      <Heading>{title}</Heading>
      {children}
    </Box>
  )
}
