'use client'

import DownloadIcon from '@mui/icons-material/FileDownloadOutlined'
import Button from '@mui/material/Button'
import ListItemText from '@mui/material/ListItemText'
import Menu from '@mui/material/Menu'
import MenuItem from '@mui/material/MenuItem'
import { useState } from 'react'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { streamAddress } from '../queries'

/** Saves all that the filters leave as a file, not only what is loaded. */
export function ExportMenu({ query }: { query: Readonly<Record<string, unknown>> }) {
  const path = useEnvironmentPath()
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const close = () => setAnchor(null)
  return (
    <>
      <Button
        color="secondary"
        startIcon={<DownloadIcon />}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        Export
      </Button>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={close} slotProps={{ list: { 'aria-label': 'Export' } }}>
        {FORMATS.map(({ format, label, note }) => (
          <MenuItem
            key={format}
            component="a"
            href={streamAddress(path, 'export', { ...query, format })}
            download={`exchanges.${format}`}
            onClick={close}
          >
            <ListItemText primary={label} secondary={note} />
          </MenuItem>
        ))}
      </Menu>
    </>
  )
}

const FORMATS = [
  { format: 'ndjson', label: 'NDJSON', note: 'One exchange a line, with everything that is recorded' },
  { format: 'csv', label: 'CSV', note: 'A table for spreadsheets, without decision records' },
] as const
