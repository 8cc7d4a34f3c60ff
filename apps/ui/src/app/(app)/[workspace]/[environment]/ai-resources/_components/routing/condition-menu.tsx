'use client'

import DeleteIcon from '@mui/icons-material/DeleteOutlined'
import MoreVertIcon from '@mui/icons-material/MoreVert'
import Box from '@mui/material/Box'
import IconButton from '@mui/material/IconButton'
import Menu from '@mui/material/Menu'
import MenuItem from '@mui/material/MenuItem'
import Tooltip from '@mui/material/Tooltip'
import { ROUTING_BOUNDS } from '@vm-x/contract'
import { useState } from 'react'
import { type ConditionPath, depthOf, groupOf, negated, unwrapped } from './condition-tree'
import type { RuleCondition } from './routing-rule'
import { useRule } from './rule-context'

type ConditionMenuProps = {
  readonly condition: RuleCondition
  readonly path: ConditionPath
  readonly depth: number
  readonly number: string
}

/** What can be done with a condition where it stands. */
export function ConditionMenu({ condition, path, depth, number }: ConditionMenuProps) {
  const { edit, disabled } = useRule()
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  if (disabled) return null
  const put = (next: RuleCondition | undefined) => {
    setAnchor(null)
    edit(path, next)
  }
  const only = unwrapped(condition)
  const isDeepest = depth + depthOf(condition) >= ROUTING_BOUNDS.depth
  const name = number ? `condition ${number}` : 'condition'
  return (
    <Box sx={{ display: 'flex', flexShrink: 0 }}>
      <Tooltip title="Negate or group">
        <IconButton
          aria-label={`Negate or group ${name}`}
          aria-haspopup="menu"
          aria-expanded={anchor !== null}
          onClick={(event) => setAnchor(event.currentTarget)}
        >
          <MoreVertIcon fontSize="small" />
        </IconButton>
      </Tooltip>
      <Tooltip title="Remove">
        <IconButton aria-label={`Remove ${name}`} onClick={() => put(undefined)}>
          <DeleteIcon fontSize="small" />
        </IconButton>
      </Tooltip>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        <MenuItem onClick={() => put(negated(condition))} disabled={isDeepest && !('not' in condition)}>
          {'not' in condition ? 'Take the “not” away' : 'Negate'}
        </MenuItem>
        <MenuItem onClick={() => put(groupOf('all', [condition]))} disabled={isDeepest}>
          Put into a group of which all hold
        </MenuItem>
        <MenuItem onClick={() => put(groupOf('any', [condition]))} disabled={isDeepest}>
          Put into a group of which any holds
        </MenuItem>
        {only && <MenuItem onClick={() => put(only)}>Take out of its group</MenuItem>}
      </Menu>
    </Box>
  )
}
