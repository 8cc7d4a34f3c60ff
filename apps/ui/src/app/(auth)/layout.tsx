import Box from '@mui/material/Box'
import Paper from '@mui/material/Paper'
import type { ReactNode } from 'react'

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <Box component="main" sx={{ minHeight: '100dvh', display: 'grid', placeItems: 'center', p: 2 }}>
      <Box sx={{ width: '100%', maxWidth: 400 }}>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.25, mb: 2.5, justifyContent: 'center' }}>
          <Box component="img" src="/icon.svg" alt="" sx={{ width: 34, height: 34 }} />
          <Box component="span" sx={{ fontSize: 20, fontWeight: 700, letterSpacing: '-0.01em' }}>
            VM-X AI
          </Box>
        </Box>
        <Paper variant="outlined" sx={{ p: { xs: 2.5, sm: 3.5 } }}>
          {children}
        </Paper>
      </Box>
    </Box>
  )
}
