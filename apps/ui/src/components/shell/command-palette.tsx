'use client'

import SearchIcon from '@mui/icons-material/Search'
import Autocomplete from '@mui/material/Autocomplete'
import Box from '@mui/material/Box'
import Dialog from '@mui/material/Dialog'
import InputAdornment from '@mui/material/InputAdornment'
import TextField from '@mui/material/TextField'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { connectionsQuery, keysQuery, resourcesQuery, workspacesQuery } from '@/client/queries'
import { leaveFor } from '@/components/form/leaving'
import { useMay } from '@/session/use-permission'
import { usePlace } from '@/session/use-place'
import { usePages } from './use-pages'

type Entry = { readonly key: string; readonly label: string; readonly group: string; readonly href: string }

/** Goes to any page, resource, connection, key or workspace by a part of its name. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const router = useRouter()
  const entries = useEntries()
  return (
    <Dialog
      open
      onClose={onClose}
      aria-label="Search or go to"
      sx={{ '& .MuiDialog-container': { alignItems: 'flex-start' } }}
    >
      <Box sx={{ p: 1.5 }}>
        <Autocomplete
          open
          autoHighlight
          openOnFocus
          forcePopupIcon={false}
          options={entries}
          groupBy={(entry) => entry.group}
          getOptionLabel={(entry) => entry.label}
          getOptionKey={(entry) => entry.key}
          noOptionsText="Nothing has this in its name"
          // Escape comes to the list, which is always open: it is meant for the dialog.
          onClose={(_, reason) => reason === 'escape' && onClose()}
          onChange={(_, entry) => {
            if (!entry) return
            onClose()
            leaveFor(entry.href, router.push)
          }}
          slotProps={{
            popper: { disablePortal: true, sx: IN_PLACE },
            listbox: { sx: { maxHeight: '50dvh' } },
          }}
          renderInput={(params) => (
            <TextField
              {...params}
              autoFocus
              placeholder="Go to a page, resource, connection or key"
              slotProps={{
                ...params.slotProps,
                htmlInput: { ...params.slotProps?.htmlInput, 'aria-label': 'Search or go to' },
                input: {
                  ...params.slotProps?.input,
                  startAdornment: (
                    <InputAdornment position="start">
                      <SearchIcon />
                    </InputAdornment>
                  ),
                },
              }}
            />
          )}
        />
      </Box>
    </Dialog>
  )
}

/** The list is part of the dialog: the popper would lay it over, where the dialog cuts it off. */
const IN_PLACE = {
  position: 'static !important',
  transform: 'none !important',
  width: '100% !important',
} as const

function useEntries(): Entry[] {
  const may = useMay()
  const place = usePlace()
  const sections = usePages()
  const path = place ?? { workspaceId: '', environmentId: '' }
  const resources = useQuery({ ...resourcesQuery(path), enabled: place !== undefined && may('listAiResources', place) })
  const connections = useQuery({
    ...connectionsQuery(path),
    enabled: place !== undefined && may('listAiConnections', place),
  })
  const keys = useQuery({ ...keysQuery(path), enabled: place !== undefined && may('listApiKeys', place) })
  const workspaces = useQuery(workspacesQuery)
  const base = `/${path.workspaceId}/${path.environmentId}`
  const named = (group: string, folder: string, items: readonly { id: string; name: string }[] = []) =>
    items.map(({ id, name }) => ({ key: id, label: name, group, href: `${folder}/${id}` }))
  return [
    ...sections.flatMap(({ pages }) => pages.map(({ label, href }) => ({ key: href, label, group: 'Pages', href }))),
    { key: '/account', label: 'Password and sessions', group: 'Pages', href: '/account' },
    ...named('AI resources', `${base}/ai-resources`, resources.data),
    ...named('AI connections', `${base}/ai-connections`, connections.data),
    ...named('API keys', `${base}/api-keys`, keys.data),
    ...named('Workspaces', '', workspaces.data),
  ]
}
