'use client'

import Box from '@mui/material/Box'
import List from '@mui/material/List'
import ListItem from '@mui/material/ListItem'
import ListItemButton from '@mui/material/ListItemButton'
import ListItemIcon from '@mui/material/ListItemIcon'
import ListItemText from '@mui/material/ListItemText'
import ListSubheader from '@mui/material/ListSubheader'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { usePages } from './use-pages'

export function Navigation({ onNavigate }: { onNavigate: () => void }) {
  const pathname = usePathname()
  const sections = usePages()
  return (
    <Box component="nav" aria-label="Pages" sx={{ px: 1, pb: 3 }}>
      {sections.map(({ title, pages }) => (
        <List
          key={title}
          dense
          subheader={
            <ListSubheader disableSticky sx={{ lineHeight: '34px', bgcolor: 'transparent', fontSize: 12 }}>
              {title}
            </ListSubheader>
          }
        >
          {pages.map(({ label, href, icon: Icon }) => {
            const here = pathname === href || pathname.startsWith(`${href}/`)
            return (
              <ListItem key={href} disablePadding>
                <ListItemButton
                  component={Link}
                  href={href}
                  selected={here}
                  aria-current={here ? 'page' : undefined}
                  onClick={onNavigate}
                  sx={{ borderRadius: 1.5, py: 0.5 }}
                >
                  <ListItemIcon sx={{ minWidth: 34, color: here ? 'primary.main' : 'text.secondary' }}>
                    <Icon fontSize="small" />
                  </ListItemIcon>
                  <ListItemText primary={label} slotProps={{ primary: { sx: { fontWeight: here ? 600 : 450 } } }} />
                </ListItemButton>
              </ListItem>
            )
          })}
        </List>
      ))}
    </Box>
  )
}
