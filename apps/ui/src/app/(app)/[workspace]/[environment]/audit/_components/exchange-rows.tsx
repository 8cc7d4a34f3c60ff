'use client'

import Box from '@mui/material/Box'
import Paper from '@mui/material/Paper'
import type { AuditExchange } from '@vm-x/contract'
import Link from 'next/link'
import { OutcomeLabel } from '@/components/decision-outcome-label'
import { ExactTime } from '@/components/exact-time'
import { count, duration } from '@/components/figures'
import type { Names } from '@/components/use-names'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { targetOf } from './exchange-columns'

type ExchangeRowsProps = { readonly exchanges: readonly AuditExchange[]; readonly names: Names }

/** The list where there is no room for a table. */
export function ExchangeRows({ exchanges }: ExchangeRowsProps) {
  const { href } = useEnvironmentPath()
  return (
    <Paper component="ul" variant="outlined" aria-label="Exchanges" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {exchanges.map((exchange) => (
        <Box component="li" key={exchange.id} sx={{ '& + &': { borderTop: 1, borderColor: 'divider' } }}>
          <Box
            component={Link}
            href={`${href}/audit/${exchange.id}`}
            sx={{
              display: 'grid',
              gridTemplateColumns: 'minmax(0, 1fr) auto',
              columnGap: 1,
              px: 1.5,
              py: 1,
              color: 'text.primary',
              textDecoration: 'none',
              fontSize: 14,
              '&:hover': { bgcolor: 'action.hover' },
            }}
          >
            <Box sx={{ fontWeight: 550, minWidth: 0 }}>
              <OutcomeLabel outcome={exchange.outcome} />
            </Box>
            <Box sx={{ color: 'text.secondary', fontSize: 13 }}>
              <ExactTime at={exchange.startedAt} />
            </Box>
            <Box sx={{ color: 'text.secondary', fontSize: 13, overflowWrap: 'anywhere' }}>
              {[exchange.requestedModel, targetOf(exchange)].filter(Boolean).join(' → ')}
            </Box>
            <Box className="figures" sx={{ color: 'text.secondary', fontSize: 13, textAlign: 'right' }}>
              {exchange.usage && `${count(exchange.usage.input + exchange.usage.output)} tokens, `}
              {duration(exchange.durationMs)}
            </Box>
          </Box>
        </Box>
      ))}
    </Paper>
  )
}
