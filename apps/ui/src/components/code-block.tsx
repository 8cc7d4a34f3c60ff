'use client'

import Box from '@mui/material/Box'
import { CopyButton } from './copy-button'

/** Code to read or copy. */
export function CodeBlock({ code, label, maxHeight = 480 }: { code: string; label: string; maxHeight?: number }) {
  return (
    <Box
      sx={{ position: 'relative', border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.default' }}
    >
      <Box sx={{ position: 'absolute', top: 4, right: 4, bgcolor: 'background.default', borderRadius: 1 }}>
        <CopyButton text={code} label={`Copy ${label}`} />
      </Box>
      <Box
        component="pre"
        role="region"
        // Whoever uses the keyboard can scroll it.
        tabIndex={0}
        aria-label={label}
        sx={{ m: 0, p: 1.5, pr: 6, overflow: 'auto', maxHeight, lineHeight: 1.55, fontSize: 12.5 }}
      >
        <code>{code}</code>
      </Box>
    </Box>
  )
}
