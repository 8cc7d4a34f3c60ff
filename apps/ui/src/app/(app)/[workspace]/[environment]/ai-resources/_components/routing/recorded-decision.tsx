'use client'

import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import { OutcomeLabel } from '@/components/decision-outcome-label'
import { whatRulesDid } from '@/components/decision-story'
import { exactMoment } from '@/components/moment'
import type { RecordedExchange } from './recorded-picker'
import { RULE_RESULTS } from './route-words'

/** What became of a recorded request when it came, to hold against what would become of it now. */
export function RecordedDecision({ exchange }: { exchange: RecordedExchange }) {
  const { rules = [], targets, attempts } = exchange.decision
  return (
    <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Box>
        <Typography sx={{ fontWeight: 600 }}>{whatRulesDid(exchange)}</Typography>
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          {exactMoment(exchange.startedAt)}. The rules may have been others then.
        </Typography>
      </Box>
      <OutcomeLabel outcome={exchange.outcome} />
      {rules.length > 0 && (
        <Facts title="Rules" items={rules.map(({ index, result }) => `${index + 1}. ${RULE_RESULTS[result]}`)} />
      )}
      {targets.length > 0 && (
        <Facts
          title="Targets"
          items={targets.map(({ connection, model }, index) => `${index + 1}. ${model} at ${connection}`)}
        />
      )}
      {attempts.length > 0 && (
        <Box>
          <Typography variant="overline" component="h4" sx={{ color: 'text.secondary' }}>
            Attempts
          </Typography>
          {attempts.map(({ connection, model, outcome }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: attempts have no ids, and the list is only shown
            <Typography key={`${index} ${model}`} variant="body2" component="div" sx={{ overflowWrap: 'anywhere' }}>
              {model} at {connection}: <OutcomeLabel outcome={outcome} />
            </Typography>
          ))}
        </Box>
      )}
    </Box>
  )
}

function Facts({ title, items }: { title: string; items: readonly string[] }) {
  return (
    <Box>
      <Typography variant="overline" component="h4" sx={{ color: 'text.secondary' }}>
        {title}
      </Typography>
      {items.map((item) => (
        <Typography key={item} variant="body2" sx={{ overflowWrap: 'anywhere' }}>
          {item}
        </Typography>
      ))}
    </Box>
  )
}
