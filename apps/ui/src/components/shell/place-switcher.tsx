'use client'

import CheckIcon from '@mui/icons-material/Check'
import UnfoldMoreIcon from '@mui/icons-material/UnfoldMore'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Divider from '@mui/material/Divider'
import ListItemIcon from '@mui/material/ListItemIcon'
import Menu from '@mui/material/Menu'
import MenuItem from '@mui/material/MenuItem'
import Skeleton from '@mui/material/Skeleton'
import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useParams, usePathname } from 'next/navigation'
import { useId, useState } from 'react'
import { environmentsQuery, workspacesQuery } from '@/client/queries'
import { useMay } from '@/session/use-permission'
import { usePlace, useWorkspaceId } from '@/session/use-place'
import { ENVIRONMENT_PAGES } from './pages'

/** Names the workspace and the environment where one is, and goes to others. */
export function PlaceSwitcher() {
  const place = usePlace()
  const may = useMay()
  const page = useEnvironmentPage()
  const workspaces = useQuery(workspacesQuery)
  const workspaceId = useWorkspaceId()
  const environments = useQuery({ ...environmentsQuery(workspaceId ?? ''), enabled: workspaceId !== undefined })
  if (workspaces.isPending) return <Skeleton variant="rounded" width={200} height={32} />
  const workspace = workspaces.data?.find(({ id }) => id === workspaceId)
  const environment = environments.data?.find(({ id }) => id === place?.environmentId)
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', minWidth: 0 }}>
      <Switch
        label="Workspace"
        current={workspace}
        all={workspaces.data ?? []}
        href={(id) => `/${id}`}
        footer={[{ label: 'All workspaces', href: '/workspaces' }]}
      />
      {workspaceId && (
        <>
          <Typography aria-hidden sx={{ color: 'text.disabled' }}>
            /
          </Typography>
          <Switch
            label="Environment"
            current={environment}
            all={environments.data ?? []}
            href={(id) => `/${workspaceId}/${id}${page}`}
            footer={
              may('createEnvironment', { workspaceId })
                ? [{ label: 'New environment', href: `/${workspaceId}/settings?tab=environments` }]
                : []
            }
          />
        </>
      )}
    </Box>
  )
}

/** Which of an environment's pages this is, so that another environment opens at the same one. */
function useEnvironmentPage(): string {
  const { environment } = useParams<Partial<Record<string, string>>>()
  const [, , ofPath, section] = usePathname().split('/')
  const here = environment === ofPath && ENVIRONMENT_PAGES.find(({ path }) => path === `/${section}`)
  return here ? here.path : '/getting-started'
}

type Named = { readonly id: string; readonly name: string }
type SwitchProps = {
  label: string
  current: Named | undefined
  all: readonly Named[]
  href: (id: string) => string
  footer: readonly { label: string; href: string }[]
}

function Switch({ label, current, all, href, footer }: SwitchProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const id = useId()
  const close = () => setAnchor(null)
  return (
    <>
      <Button
        id={`${id}-button`}
        color="inherit"
        endIcon={<UnfoldMoreIcon sx={{ color: 'text.secondary' }} />}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        aria-controls={anchor ? id : undefined}
        aria-label={current ? `${label}: ${current.name}` : `Choose ${label.toLowerCase()}`}
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ minWidth: 0, px: 1, maxWidth: { xs: 108, sm: 220 } }}
      >
        <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
          {current?.name ?? `Choose ${label.toLowerCase()}`}
        </Box>
      </Button>
      <Menu
        id={id}
        anchorEl={anchor}
        open={anchor !== null}
        onClose={close}
        slotProps={{ list: { 'aria-labelledby': `${id}-button` }, paper: { sx: { minWidth: 220, maxHeight: 420 } } }}
      >
        {all.map((item) => (
          <MenuItem
            key={item.id}
            component={Link}
            href={href(item.id)}
            onClick={close}
            selected={item.id === current?.id}
          >
            <ListItemIcon>{item.id === current?.id && <CheckIcon fontSize="small" />}</ListItemIcon>
            {item.name}
          </MenuItem>
        ))}
        {footer.length > 0 && <Divider />}
        {footer.map((item) => (
          <MenuItem key={item.label} component={Link} href={item.href} onClick={close}>
            <ListItemIcon />
            {item.label}
          </MenuItem>
        ))}
      </Menu>
    </>
  )
}
