'use client'

import Box from '@mui/material/Box'
import { ErrorState } from '@/components/states'

export default function ErrorPage({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <Box component="main" sx={{ pt: 8 }}>
      <ErrorState error={error} onRetry={reset} />
    </Box>
  )
}
