'use client'

import AccountCircleIcon from '@mui/icons-material/AccountCircleOutlined'
import Box from '@mui/material/Box'
import Divider from '@mui/material/Divider'
import IconButton from '@mui/material/IconButton'
import Menu from '@mui/material/Menu'
import MenuItem from '@mui/material/MenuItem'
import { useColorScheme } from '@mui/material/styles'
import ToggleButton from '@mui/material/ToggleButton'
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup'
import Typography from '@mui/material/Typography'
import { useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { answerOf, api } from '@/client/api'
import { useSession } from '@/session/use-session'
import { notify } from '@/stores/interface-store'

/** Who is signed in, how the console looks, and the way out. */
export function UserMenu() {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const client = useQueryClient()
  const session = useSession()
  const close = () => setAnchor(null)
  const signOut = async () => {
    close()
    try {
      await answerOf(api.POST('/auth/sign-out'))
    } catch {
      return notify('You are still signed in: the API did not answer', 'error')
    }
    client.clear()
    // A new page: nothing of this session stays in memory.
    window.location.assign('/sign-in')
  }
  return (
    <>
      <IconButton
        aria-label={session ? `Account of ${session.user.name}` : 'Account'}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <AccountCircleIcon />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={close} slotProps={{ paper: { sx: { minWidth: 240 } } }}>
        <Box component="li" sx={{ px: 2, py: 1 }}>
          <Typography sx={{ fontWeight: 600 }}>{session?.user.name}</Typography>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>
            {session?.user.email}
          </Typography>
        </Box>
        <Divider component="li" />
        <MenuItem component={Link} href="/account" onClick={close}>
          Password and sessions
        </MenuItem>
        <Box component="li" sx={{ px: 2, py: 1 }}>
          <ThemeChoice />
        </Box>
        <Divider component="li" />
        <MenuItem onClick={signOut}>Sign out</MenuItem>
      </Menu>
    </>
  )
}

/** Light, dark, or as the system says. */
export function ThemeChoice() {
  const { mode, setMode } = useColorScheme()
  return (
    <ToggleButtonGroup
      exclusive
      fullWidth
      size="small"
      aria-label="Theme"
      value={mode ?? 'system'}
      onChange={(_, chosen: 'light' | 'dark' | 'system' | null) => chosen && setMode(chosen)}
    >
      <ToggleButton value="light">Light</ToggleButton>
      <ToggleButton value="dark">Dark</ToggleButton>
      <ToggleButton value="system">System</ToggleButton>
    </ToggleButtonGroup>
  )
}
