import Typography from '@mui/material/Typography'
import type { LimitsValue } from './limits-editor'
import { limitsText } from './limits-text'

/** Limits in one line of text. */
export function LimitsSummary({ capacity, maxConcurrent }: LimitsValue) {
  const text = limitsText(capacity, maxConcurrent)
  const off = capacity.filter(({ enabled }) => !enabled).length
  return (
    <Typography
      component="span"
      variant="body2"
      sx={{ color: text ? 'text.primary' : 'text.secondary', overflowWrap: 'break-word' }}
    >
      {text ?? 'no limits'}
      {off > 0 && ` (${off} switched off)`}
    </Typography>
  )
}
