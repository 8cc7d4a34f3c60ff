'use client'

import { useSortable } from '@dnd-kit/sortable'
import DragIcon from '@mui/icons-material/DragIndicator'
import ErrorIcon from '@mui/icons-material/ErrorOutlined'
import ExpandIcon from '@mui/icons-material/ExpandMore'
import Box from '@mui/material/Box'
import ButtonBase from '@mui/material/ButtonBase'
import Chip from '@mui/material/Chip'
import FormHelperText from '@mui/material/FormHelperText'
import IconButton from '@mui/material/IconButton'
import Typography from '@mui/material/Typography'
import { type ReactNode, useEffect, useId, useMemo, useRef } from 'react'
import type { AiConnection } from '@/client/queries'
import { type ConditionPath, replacedAt } from './condition-tree'
import type { RoutingRule, RuleCondition, Target } from './routing-rule'
import { RuleContext } from './rule-context'
import { errorAt, type RuleErrors } from './rule-errors'
import { RuleForm } from './rule-form'
import { ruleSentence } from './rule-sentence'
import { SentenceText } from './sentence-text'
import { useSame } from './use-same'

type RuleCardProps = {
  readonly id: string
  /** From 1. */
  readonly number: number
  readonly rule: RoutingRule
  readonly onChange: (rule: RoutingRule) => void
  readonly open: boolean
  readonly onToggle: () => void
  readonly buttons: ReactNode
  readonly connections: readonly AiConnection[]
  readonly primary: Target
  readonly errors: RuleErrors
  readonly cost: number | undefined
  readonly disabled: boolean
}

/** A rule: as a sentence, and opened as a form. */
export function RuleCard(props: RuleCardProps) {
  const { id, number, rule, onChange, open, onToggle, buttons, connections, primary, errors, cost, disabled } = props
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id,
    disabled,
  })
  const bodyId = useId()
  const own = errorAt(errors, [])
  const latest = useRef({ rule, onChange })
  useEffect(() => {
    latest.current = { rule, onChange }
  })
  // Stays as it is while the rule is typed: of many conditions only the one that changes is drawn anew.
  const same = useSame({ connections, disabled, errors, cost, primary })
  const context = useMemo(
    () => ({
      ...same,
      edit: (path: ConditionPath, next: RuleCondition | undefined) => {
        const { rule: now, onChange: change } = latest.current
        if ('expression' in now.when) return
        change({ ...now, when: replacedAt(now.when, path, next) ?? { all: [] } })
      },
    }),
    [same],
  )
  return (
    <Box
      component="li"
      ref={setNodeRef}
      style={{
        transition,
        ...(transform && { transform: `translate3d(${Math.round(transform.x)}px, ${Math.round(transform.y)}px, 0)` }),
      }}
      aria-label={`Rule ${number}`}
      sx={{
        listStyle: 'none',
        border: 1,
        borderColor: Object.keys(errors).length > 0 ? 'error.main' : 'divider',
        borderRadius: 1,
        bgcolor: 'background.paper',
        position: 'relative',
        zIndex: isDragging ? 1 : 'auto',
        ...(isDragging && { outline: 2, outlineStyle: 'solid', outlineColor: 'primary.main' }),
      }}
    >
      <Box
        sx={{
          display: 'flex',
          alignItems: 'flex-start',
          gap: { xs: 0.25, sm: 0.5 },
          p: 0.75,
          flexWrap: { xs: 'wrap', sm: 'nowrap' },
        }}
      >
        {!disabled && (
          <IconButton
            ref={setActivatorNodeRef}
            {...attributes}
            {...listeners}
            aria-label={`Move rule ${number}: drag, or press space and use the arrow keys`}
            sx={{ cursor: 'grab', touchAction: 'none', mt: 0.25 }}
          >
            <DragIcon fontSize="small" />
          </IconButton>
        )}
        <RuleHead {...{ number, rule, open, onToggle, connections, bodyId }} faults={Object.keys(errors).length} />
        <Box sx={{ display: 'flex', ml: 'auto', flexShrink: 0 }}>{buttons}</Box>
      </Box>
      {own && (
        <FormHelperText error sx={{ px: 2, pb: 1, mt: 0 }}>
          This rule {own}
        </FormHelperText>
      )}
      {open && (
        <Box id={bodyId} sx={{ p: { xs: 1.5, sm: 2 }, borderTop: 1, borderColor: 'divider' }}>
          <RuleContext value={context}>
            <RuleForm rule={rule} onChange={onChange} />
          </RuleContext>
        </Box>
      )}
    </Box>
  )
}

type RuleHeadProps = Pick<RuleCardProps, 'number' | 'rule' | 'open' | 'onToggle' | 'connections'> & {
  readonly bodyId: string
  readonly faults: number
}

function RuleHead({ number, rule, open, onToggle, connections, bodyId, faults }: RuleHeadProps) {
  const { when, then } = ruleSentence(rule, (id) => connections.find((connection) => connection.id === id)?.name)
  return (
    <ButtonBase
      onClick={onToggle}
      aria-expanded={open}
      aria-controls={open ? bodyId : undefined}
      sx={{
        flex: 1,
        minWidth: 0,
        justifyContent: 'flex-start',
        alignItems: 'flex-start',
        textAlign: 'left',
        gap: 1,
        p: 0.5,
        borderRadius: 1,
        font: 'inherit',
        flexBasis: { xs: 'calc(100% - 48px)', sm: 0 },
      }}
    >
      <Typography component="span" className="figures" sx={{ fontWeight: 650, minWidth: 18, textAlign: 'right' }}>
        {number}
      </Typography>
      <ExpandIcon
        fontSize="small"
        sx={{ color: 'text.secondary', mt: 0.125, flexShrink: 0, transform: open ? 'none' : 'rotate(-90deg)' }}
      />
      <Box component="span" sx={{ minWidth: 0, overflowWrap: 'anywhere', display: 'block' }}>
        <Box component="span" sx={{ display: 'inline-flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
          {rule.description && (
            <Typography component="span" sx={{ fontWeight: 600 }}>
              {rule.description}
            </Typography>
          )}
          {!rule.enabled && <Chip label="off" variant="outlined" />}
          {faults > 0 && (
            <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.5, color: 'error.main' }}>
              <ErrorIcon sx={{ fontSize: 16 }} />
              {faults === 1 ? '1 fault' : `${faults} faults`}
            </Box>
          )}
        </Box>
        <Typography
          component="span"
          variant="body2"
          sx={{ display: 'block', color: rule.enabled ? 'text.primary' : 'text.secondary' }}
        >
          <SentenceText text={when} />: <strong>{then}</strong>
        </Typography>
      </Box>
    </ButtonBase>
  )
}
