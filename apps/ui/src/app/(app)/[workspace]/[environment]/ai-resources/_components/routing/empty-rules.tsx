'use client'

import AddIcon from '@mui/icons-material/Add'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import ButtonBase from '@mui/material/ButtonBase'
import Typography from '@mui/material/Typography'
import type { RoutingRule, Target } from './routing-rule'
import { newRule, RULE_TEMPLATES } from './rule-templates'

type EmptyRulesProps = {
  readonly primary: Target
  readonly disabled: boolean
  readonly onAdd: (rule: RoutingRule) => void
}

/** No rule yet: what rules are for, and three to start with. */
export function EmptyRules({ primary, disabled, onAdd }: EmptyRulesProps) {
  return (
    <Box sx={{ border: 1, borderStyle: 'dashed', borderColor: 'divider', borderRadius: 1, p: { xs: 2, sm: 3 } }}>
      <Typography variant="h3" component="h2">
        No routing rules
      </Typography>
      <Typography sx={{ color: 'text.secondary', mt: 0.5, mb: disabled ? 0 : 2 }}>
        Every request goes to the primary model. A rule sends some of them elsewhere, splits them, or refuses them.
      </Typography>
      {!disabled && (
        <>
          <Box
            sx={{
              display: 'grid',
              gap: 1.5,
              gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(3, minmax(0, 1fr))' },
            }}
          >
            {RULE_TEMPLATES.map(({ title, explanation, rule }) => (
              <ButtonBase
                key={title}
                onClick={() => onAdd(rule(primary))}
                sx={{
                  display: 'block',
                  textAlign: 'left',
                  p: 1.5,
                  border: 1,
                  borderColor: 'divider',
                  borderRadius: 1,
                  font: 'inherit',
                  '&:hover': { borderColor: 'primary.main' },
                }}
              >
                <Typography component="span" sx={{ fontWeight: 600, display: 'block' }}>
                  {title}
                </Typography>
                <Typography component="span" variant="body2" sx={{ color: 'text.secondary', display: 'block' }}>
                  {explanation}
                </Typography>
              </ButtonBase>
            ))}
          </Box>
          <Button sx={{ mt: 2 }} startIcon={<AddIcon />} onClick={() => onAdd(newRule(primary))}>
            Start with an empty rule
          </Button>
        </>
      )}
    </Box>
  )
}
