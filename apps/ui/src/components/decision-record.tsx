'use client'

import AltRouteIcon from '@mui/icons-material/AltRoute'
import ListIcon from '@mui/icons-material/FormatListNumbered'
import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import Typography from '@mui/material/Typography'
import type { AuditExchange } from '@vm-x/contract'
import Link from 'next/link'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { AttemptStep } from './decision-attempt'
import { DecisionFigures } from './decision-figures'
import { OutcomeIcon } from './decision-outcome-label'
import { OUTCOMES } from './decision-outcomes'
import { DecisionRules } from './decision-rules'
import { whatRulesDid } from './decision-story'
import { Remark, Step, Timeline } from './decision-timeline'

type DecisionRecordProps = {
  readonly exchange: AuditExchange
  /** Leaves out what only matters to who looks closely. */
  readonly compact?: boolean
  /** What the resource's rules are called, where they are known to be those of then. */
  readonly ruleNames?: readonly string[]
}

/** What happened to one request and why, in the order in which it happened. */
export function DecisionRecord({ exchange, compact = false, ruleNames = [] }: DecisionRecordProps) {
  const { href } = useEnvironmentPath()
  const { decision, outcome, status } = exchange
  const { rules = [], targets, attempts } = decision
  const { title, meaning } = OUTCOMES[outcome]
  const routed = rules.length > 0 || decision.secondaryModel !== undefined
  return (
    <Box sx={{ display: 'grid', gap: compact ? 1.5 : 2.5 }}>
      <Timeline label="What happened">
        {routed && (
          <Step icon={<AltRouteIcon aria-hidden sx={iconOfStep} />} title={whatRulesDid(exchange)}>
            {!compact && rules.length > 0 && <DecisionRules rules={rules} names={ruleNames} />}
          </Step>
        )}
        {targets.length > 0 && (!compact || targets.length > 1) && (
          <Step
            icon={<ListIcon aria-hidden sx={iconOfStep} />}
            title={targets.length === 1 ? 'One target' : `${targets.length} targets, in this order`}
          >
            <Box component="ol" sx={{ m: 0, pl: 2.5, color: 'text.secondary' }}>
              {targets.map(({ connectionId, connection, model }, place) => (
                // A target can be named twice; the list never changes.
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                <Typography key={place} component="li" variant="body2" sx={{ overflowWrap: 'anywhere' }}>
                  <MuiLink
                    component={Link}
                    href={`${href}/ai-connections/${connectionId}`}
                    color="inherit"
                    underline="always"
                  >
                    {connection}
                  </MuiLink>
                  {` / ${model}`}
                </Typography>
              ))}
            </Box>
          </Step>
        )}
        {attempts.map((attempt, index) => (
          <AttemptStep
            // biome-ignore lint/suspicious/noArrayIndexKey: attempts have no ids, and the list never changes
            key={index}
            {...{ exchange, index, attempt, compact, href }}
          />
        ))}
        <Step
          icon={<OutcomeIcon outcome={outcome} />}
          title={
            outcome === 'ok'
              ? `The client got the answer, with status ${status}`
              : `${title}: the client got ${statusInWords(status)}`
          }
        >
          {outcome !== 'ok' && <Remark>{meaning}</Remark>}
        </Step>
      </Timeline>
      <DecisionFigures exchange={exchange} compact={compact} />
    </Box>
  )
}

const iconOfStep = { fontSize: 18, color: 'text.secondary' } as const

const statusInWords = (status: number) => (status === 499 ? 'nothing more, it had left (499)' : `status ${status}`)
