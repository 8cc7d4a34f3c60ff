'use client'

import CheckIcon from '@mui/icons-material/Check'
import CloseIcon from '@mui/icons-material/Close'
import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import type { AuditExchange } from '@vm-x/contract'
import { RULE_RESULTS } from './decision-outcomes'

type Rules = NonNullable<AuditExchange['decision']['rules']>

/** The rules that were looked at, each with the comparisons that were made and what they came to. */
export function DecisionRules({ rules, names }: { rules: Rules; names: readonly string[] }) {
  return (
    <Box component="ul" aria-label="Rules" sx={{ listStyle: 'none', m: 0, mt: 0.5, p: 0, display: 'grid', gap: 0.75 }}>
      {rules.map(({ index, result, conditions }) => (
        <Box component="li" key={index}>
          <Typography
            component="div"
            variant="body2"
            sx={{ color: result === 'matched' ? 'text.primary' : 'text.secondary', overflowWrap: 'anywhere' }}
          >
            <Box component="span" sx={{ fontWeight: 600 }}>
              Rule {index + 1}
              {names[index] && ` “${names[index]}”`}:
            </Box>{' '}
            {RULE_RESULTS[result]}
          </Typography>
          {conditions && conditions.length > 0 && <Conditions conditions={conditions} />}
        </Box>
      ))}
    </Box>
  )
}

function Conditions({ conditions }: { conditions: NonNullable<Rules[number]['conditions']> }) {
  return (
    <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, pl: 1.5 }}>
      {conditions.map(({ field, op, result }, place) => (
        // The same comparison can be made twice in a rule; the list never changes.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <Box component="li" key={place} sx={{ display: 'flex', gap: 0.75, alignItems: 'center', minWidth: 0 }}>
          {result ? (
            <CheckIcon titleAccess="true" sx={{ fontSize: 15, color: 'success.main' }} />
          ) : (
            <CloseIcon titleAccess="false" sx={{ fontSize: 15, color: 'text.secondary' }} />
          )}
          <Box component="code" sx={{ fontSize: 12, overflowWrap: 'anywhere' }}>
            {field} {op}
          </Box>
        </Box>
      ))}
    </Box>
  )
}
