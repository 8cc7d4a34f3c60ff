'use client'

import PauseIcon from '@mui/icons-material/Pause'
import PlayArrowIcon from '@mui/icons-material/PlayArrow'
import RefreshIcon from '@mui/icons-material/Refresh'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import FormControlLabel from '@mui/material/FormControlLabel'
import Switch from '@mui/material/Switch'
import Tooltip from '@mui/material/Tooltip'
import { useMay } from '@/session/use-permission'
import { ExportMenu } from './export-menu'
import type { useExchanges } from './use-exchanges'

type ListToolbarProps = {
  readonly exchanges: ReturnType<typeof useExchanges>
  readonly live: boolean
  readonly onLive: (live: boolean) => void
  /** Whether the span of time has no end: else nothing new can come. */
  readonly endless: boolean
}

/** What can be done with the list as a whole. */
export function ListToolbar({ exchanges, live, onLive, endless }: ListToolbarProps) {
  const may = useMay()
  const { tail, paused, waiting, list } = exchanges
  return (
    <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', alignItems: 'center', mb: 1 }}>
      <Tooltip title={endless ? '' : 'What is to come is after the end of the time that is chosen'}>
        <FormControlLabel
          label="Live"
          disabled={!endless}
          control={<Switch size="small" checked={live} onChange={(_, on) => onLive(on)} />}
          sx={{ ml: 0, mr: 0.5 }}
        />
      </Tooltip>
      {live && (
        <Button
          color="secondary"
          startIcon={paused ? <PlayArrowIcon /> : <PauseIcon />}
          onClick={paused ? exchanges.resume : exchanges.pause}
        >
          {paused ? 'Resume' : 'Pause'}
        </Button>
      )}
      <Box role="status" sx={{ flexGrow: 1, fontSize: 13, color: 'text.secondary' }}>
        {live && (paused && waiting > 0 ? `Paused, ${waiting} new` : paused ? 'Paused' : STATES[tail.state])}
      </Box>
      {live && tail.state === 'ended' && <Button onClick={tail.again}>Follow again</Button>}
      <Button
        color="secondary"
        startIcon={<RefreshIcon />}
        onClick={exchanges.refresh}
        loading={list.isRefetching}
        loadingPosition="start"
      >
        Refresh
      </Button>
      {may('exportAudit') && <ExportMenu query={exchanges.query} />}
    </Box>
  )
}

const STATES = {
  off: '',
  connecting: 'Connecting …',
  live: 'New exchanges show up as they end',
  reconnecting: 'The connection broke off; trying again …',
  ended: 'It broke off: the API does not send new exchanges any more',
} as const
