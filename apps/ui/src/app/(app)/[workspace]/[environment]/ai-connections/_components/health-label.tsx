import Box from '@mui/material/Box'
import type { Health } from './connection-health'

/** A word with a dot in its colour. */
export function HealthLabel({ health }: { health: Health }) {
  const colour = health.tone === 'neutral' ? 'text.secondary' : `${health.tone}.main`
  return (
    <Box
      component="span"
      sx={{
        display: 'inline-flex',
        gap: 1,
        alignItems: 'center',
        color: colour,
        fontWeight: 550,
        whiteSpace: 'nowrap',
      }}
    >
      <Box
        component="span"
        aria-hidden
        sx={{
          width: 8,
          height: 8,
          flexShrink: 0,
          borderRadius: '50%',
          border: 1.5,
          borderColor: 'currentColor',
          bgcolor: health.tone === 'neutral' ? 'transparent' : 'currentColor',
        }}
      />
      <span>{health.label}</span>
    </Box>
  )
}
