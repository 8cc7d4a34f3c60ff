'use client'

import SearchOffIcon from '@mui/icons-material/SearchOff'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Link from 'next/link'
import { EmptyState } from './states'

export function NotFound() {
  return (
    <Box component="main" sx={{ pt: 8 }}>
      <EmptyState
        icon={<SearchOffIcon />}
        title="There is no such page"
        action={
          <Button component={Link} href="/" variant="contained">
            Go to the start
          </Button>
        }
      >
        The address may be mistyped, or the page has moved.
      </EmptyState>
    </Box>
  )
}
