'use client'

import DownIcon from '@mui/icons-material/ArrowDownward'
import UpIcon from '@mui/icons-material/ArrowUpward'
import CopyIcon from '@mui/icons-material/ContentCopy'
import DeleteIcon from '@mui/icons-material/DeleteOutlined'
import IconButton from '@mui/material/IconButton'
import Tooltip from '@mui/material/Tooltip'
import { type ReactNode, type Ref, useRef } from 'react'

type RuleButtonsProps = {
  /** From 1. */
  readonly number: number
  readonly of: number
  readonly full: boolean
  readonly onMove: (by: -1 | 1) => void
  readonly onDuplicate: () => void
  readonly onDelete: () => void
}

/** What can be done with a rule as a whole. */
export function RuleButtons({ number, of, full, onMove, onDuplicate, onDelete }: RuleButtonsProps) {
  const up = useRef<HTMLButtonElement>(null)
  const down = useRef<HTMLButtonElement>(null)
  const move = (by: -1 | 1) => {
    onMove(by)
    // What moves in the page loses its focus, and so does a button that is off now.
    requestAnimationFrame(() => {
      const [same, other] = by < 0 ? [up.current, down.current] : [down.current, up.current]
      const next = same?.disabled ? other : same
      next?.focus()
    })
  }
  return (
    <>
      <RuleButton ref={up} label={`Move rule ${number} up`} title="Move up" off={number === 1} onClick={() => move(-1)}>
        <UpIcon fontSize="small" />
      </RuleButton>
      <RuleButton
        ref={down}
        label={`Move rule ${number} down`}
        title="Move down"
        off={number === of}
        onClick={() => move(1)}
      >
        <DownIcon fontSize="small" />
      </RuleButton>
      <RuleButton label={`Duplicate rule ${number}`} title="Duplicate" off={full} onClick={onDuplicate}>
        <CopyIcon fontSize="small" />
      </RuleButton>
      <RuleButton label={`Delete rule ${number}`} title="Delete" onClick={onDelete}>
        <DeleteIcon fontSize="small" />
      </RuleButton>
    </>
  )
}

type RuleButtonProps = {
  readonly ref?: Ref<HTMLButtonElement>
  readonly label: string
  readonly title: string
  readonly off?: boolean
  readonly onClick: () => void
  readonly children: ReactNode
}

function RuleButton({ ref, label, title, off = false, onClick, children }: RuleButtonProps) {
  return (
    <Tooltip title={title}>
      <span>
        <IconButton ref={ref} aria-label={label} onClick={onClick} disabled={off}>
          {children}
        </IconButton>
      </span>
    </Tooltip>
  )
}
