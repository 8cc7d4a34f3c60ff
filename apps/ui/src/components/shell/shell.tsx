'use client'

import MenuIcon from '@mui/icons-material/Menu'
import SearchIcon from '@mui/icons-material/Search'
import AppBar from '@mui/material/AppBar'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Drawer from '@mui/material/Drawer'
import IconButton from '@mui/material/IconButton'
import Toolbar from '@mui/material/Toolbar'
import dynamic from 'next/dynamic'
import type { ReactNode } from 'react'
import { useInterface } from '@/stores/interface-store'
import { Navigation } from './navigation'
import { PlaceSwitcher } from './place-switcher'
import { useFocusOnPage } from './use-focus-on-page'
import { useShortcut } from './use-shortcut'
import { UserMenu } from './user-menu'

const CommandPalette = dynamic(() => import('./command-palette').then((module) => module.CommandPalette), {
  ssr: false,
})

const WIDTH = 232

/** What is around every page: where one is, where one can go, who one is. */
export function Shell({ children }: { children: ReactNode }) {
  const { drawerOpen, openDrawer, paletteOpen, openPalette } = useInterface()
  useFocusOnPage()
  useShortcut('k', () => openPalette(true))
  const navigation = <Navigation onNavigate={() => openDrawer(false)} />
  return (
    <Box sx={{ display: 'flex', minHeight: '100dvh' }}>
      <Button href="#content" variant="contained" sx={skipLink}>
        Skip to content
      </Button>
      <AppBar
        position="fixed"
        sx={{ borderBottom: 1, borderColor: 'divider', bgcolor: 'background.paper', zIndex: 1201 }}
      >
        <Toolbar variant="dense" sx={{ gap: 1, minHeight: 56, px: { xs: 1, sm: 2 } }}>
          <IconButton
            aria-label="Open the navigation"
            onClick={() => openDrawer(true)}
            sx={{ display: { md: 'none' } }}
          >
            <MenuIcon />
          </IconButton>
          <Box
            component="img"
            src="/icon.svg"
            alt=""
            sx={{ width: 26, height: 26, display: { xs: 'none', sm: 'block' } }}
          />
          <PlaceSwitcher />
          <Box sx={{ flexGrow: 1 }} />
          <Button
            color="secondary"
            variant="outlined"
            startIcon={<SearchIcon />}
            onClick={() => openPalette(true)}
            sx={{ display: { xs: 'none', md: 'inline-flex' }, fontWeight: 450, borderColor: 'divider' }}
          >
            Search or go to
            <Box component="kbd" sx={{ ml: 2, px: 0.75, border: 1, borderColor: 'divider', borderRadius: 1 }}>
              Ctrl K
            </Box>
          </Button>
          <IconButton aria-label="Search or go to" onClick={() => openPalette(true)} sx={{ display: { md: 'none' } }}>
            <SearchIcon />
          </IconButton>
          <UserMenu />
        </Toolbar>
      </AppBar>
      <Drawer open={drawerOpen} onClose={() => openDrawer(false)} sx={{ display: { md: 'none' }, zIndex: 1300 }}>
        <Box sx={{ width: WIDTH, pt: 1 }}>{navigation}</Box>
      </Drawer>
      <Box
        component="aside"
        sx={{
          display: { xs: 'none', md: 'block' },
          width: WIDTH,
          flexShrink: 0,
          borderRight: 1,
          borderColor: 'divider',
          bgcolor: 'background.paper',
          position: 'sticky',
          top: 0,
          height: '100dvh',
          overflowY: 'auto',
          pt: '64px',
        }}
      >
        {navigation}
      </Box>
      <Box
        component="main"
        id="content"
        tabIndex={-1}
        sx={{ flexGrow: 1, minWidth: 0, pt: '56px', outline: 'none', '& > *': { maxWidth: 1360, mx: 'auto' } }}
      >
        <Box sx={{ p: { xs: 2, sm: 3 }, pb: 8 }}>{children}</Box>
      </Box>
      {paletteOpen && <CommandPalette onClose={() => openPalette(false)} />}
    </Box>
  )
}

const skipLink = {
  position: 'fixed',
  top: 8,
  left: 8,
  zIndex: 2000,
  transform: 'translateY(-80px)',
  '&:focus': { transform: 'none' },
} as const
