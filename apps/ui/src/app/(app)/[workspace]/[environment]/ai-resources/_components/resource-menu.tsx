'use client'

import MoreIcon from '@mui/icons-material/MoreHoriz'
import IconButton from '@mui/material/IconButton'
import ListItemText from '@mui/material/ListItemText'
import Menu from '@mui/material/Menu'
import MenuItem from '@mui/material/MenuItem'
import { useQueryClient } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useState } from 'react'
import { isProblem } from '@/client/problem'
import { type AiResource, environmentKey } from '@/client/queries'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { notify } from '@/stores/interface-store'
import { updateResource } from '../queries'

const DeleteResource = dynamic(() => import('./delete-resource').then((module) => module.DeleteResource), {
  ssr: false,
})
const ConfirmDialog = dynamic(() => import('@/components/confirm-dialog').then((module) => module.ConfirmDialog), {
  ssr: false,
})

type ResourceMenuProps = {
  readonly resource: AiResource
  readonly onChanged?: (resource: AiResource) => void
  /** Why it can not be changed now. */
  readonly blocked?: string | undefined
}

/** What can be done with a resource as a whole. */
export function ResourceMenu({ resource, onChanged, blocked }: ResourceMenuProps) {
  const { id, name, enabled } = resource
  const path = useEnvironmentPath()
  const may = useMay()
  const client = useQueryClient()
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const [asking, setAsking] = useState<'delete' | 'disable'>()
  const mayUpdate = may('updateAiResource', { aiResourceId: id })
  const mayDelete = may('deleteAiResource', { aiResourceId: id })
  const mayCreate = may('createAiResource')
  if (!mayUpdate && !mayDelete && !mayCreate) return null
  const close = () => setAnchor(null)
  const turn = async (on: boolean) => {
    const changed = await updateResource(path, resource, { enabled: on })
    onChanged?.(changed)
    await client.invalidateQueries({ queryKey: environmentKey(path) })
    notify(on ? `${name} is enabled` : `${name} is disabled`)
  }
  const enable = () =>
    turn(true).catch((error: unknown) => notify(isProblem(error) ? error.detail : `${name} stays disabled`, 'error'))
  return (
    <>
      <IconButton
        aria-label={`Actions of ${name}`}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <MoreIcon fontSize="small" />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={close}>
        {mayCreate && (
          <MenuItem component={Link} href={`${path.href}/ai-resources/new?copy=${id}`} onClick={close}>
            Duplicate
          </MenuItem>
        )}
        {mayUpdate && (
          <MenuItem
            disabled={blocked !== undefined}
            onClick={() => {
              close()
              if (enabled) setAsking('disable')
              else void enable()
            }}
          >
            <ListItemText primary={enabled ? 'Disable' : 'Enable'} secondary={blocked} />
          </MenuItem>
        )}
        {mayDelete && (
          <MenuItem
            onClick={() => {
              close()
              setAsking('delete')
            }}
            sx={{ color: 'error.main' }}
          >
            Delete
          </MenuItem>
        )}
      </Menu>
      {asking === 'disable' && (
        <ConfirmDialog
          title={`Disable ${name}?`}
          action="Disable"
          onConfirm={() => turn(false)}
          onClose={() => setAsking(undefined)}
        >
          Requests that name it are refused with <code>model_not_found</code> until it is enabled again. Those under way
          go on.
        </ConfirmDialog>
      )}
      {asking === 'delete' && <DeleteResource resource={resource} onClose={() => setAsking(undefined)} />}
    </>
  )
}
