'use client'

import Box from '@mui/material/Box'
import { lineDiff } from './line-diff'

const SIGNS = { same: ' ', removed: '−', added: '+' } as const
const COLOURS = { same: 'text.secondary', removed: 'error.main', added: 'success.main' } as const

/** What became of a text, line by line. */
export function FieldDiff({ label, before, after }: { label: string; before: string; after: string }) {
  const lines = lineDiff(before, after)
  return (
    <Box
      component="pre"
      role="region"
      // Whoever uses the keyboard can scroll it.
      tabIndex={0}
      aria-label={`${label}: difference`}
      sx={{
        m: 0,
        p: 1.5,
        maxHeight: 320,
        overflow: 'auto',
        border: 1,
        borderColor: 'divider',
        borderRadius: 1,
        bgcolor: 'background.default',
        fontSize: 12.5,
        lineHeight: 1.55,
      }}
    >
      {lines.map(({ kind, text }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
        <Box key={index} sx={{ color: COLOURS[kind], whiteSpace: 'pre' }}>
          {SIGNS[kind]} {text}
        </Box>
      ))}
    </Box>
  )
}
