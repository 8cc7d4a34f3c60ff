'use client'

import AccountCircleIcon from '@mui/icons-material/AccountCircleOutlined'
import CheckIcon from '@mui/icons-material/Check'
import Box from '@mui/material/Box'
import Divider from '@mui/material/Divider'
import IconButton from '@mui/material/IconButton'
import ListItemIcon from '@mui/material/ListItemIcon'
import Menu from '@mui/material/Menu'
import MenuItem from '@mui/material/MenuItem'
import { useColorScheme } from '@mui/material/styles'
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
  const { mode: theme = 'system', setMode } = useColorScheme()
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
        <Divider component="li" />
        {THEMES.map(({ id, label }) => (
          <MenuItem key={id} role="menuitemradio" aria-checked={theme === id} onClick={() => setMode(id)}>
            <ListItemIcon>{theme === id && <CheckIcon fontSize="small" />}</ListItemIcon>
            {label}
          </MenuItem>
        ))}
        <Divider component="li" />
        <MenuItem onClick={signOut}>Sign out</MenuItem>
      </Menu>
    </>
  )
}

// Items of the menu, so that the arrow keys come to them: what else stands in a menu no key reaches.
const THEMES = [
  { id: 'light', label: 'Light theme' },
  { id: 'dark', label: 'Dark theme' },
  { id: 'system', label: 'Theme of the system' },
] as const
