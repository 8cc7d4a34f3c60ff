'use client'

import {
  type Announcements,
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core'
import { SortableContext, sortableKeyboardCoordinates, verticalListSortingStrategy } from '@dnd-kit/sortable'
import AddIcon from '@mui/icons-material/Add'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Typography from '@mui/material/Typography'
import { ROUTING_BOUNDS } from '@vm-x/contract'
import { type ReactNode, useMemo } from 'react'
import type { AiConnection } from '@/client/queries'
import { nearBounds } from './condition-tree'
import { EmptyRules } from './empty-rules'
import type { ResourceDraft } from './resource-draft'
import type { RoutingRule } from './routing-rule'
import { RuleButtons } from './rule-buttons'
import { RuleCard } from './rule-card'
import { errorsOfRules, type RuleErrors } from './rule-errors'
import { targetName } from './rule-sentence'
import { newRule } from './rule-templates'
import { useRuleCheck } from './use-rule-check'
import { useRuleList } from './use-rule-list'

type RoutingBuilderProps = {
  readonly value: readonly RoutingRule[]
  readonly onChange: (rules: RoutingRule[]) => void
  /** What saving found wrong, by path, e.g. `routing.0.then.target.model`; other paths are left out. */
  readonly errors?: Readonly<Record<string, string>>
  readonly disabled?: boolean
  readonly connections: readonly AiConnection[]
  /** Undefined: the resource is new. */
  readonly resourceId: string | undefined
  /** The resource as it would be saved now. */
  readonly draft: () => ResourceDraft
}

const NO_ERRORS: RuleErrors = {}
const NOTHING_SAVED: Readonly<Record<string, string>> = {}

/** The rules of a resource in their order, checked by the API while they are changed. */
export function RoutingBuilder(props: RoutingBuilderProps) {
  const { value: rules, onChange, errors = NOTHING_SAVED, disabled = false, connections, resourceId, draft } = props
  const list = useRuleList(rules, onChange)
  const { ids } = list
  const { check, checking, failed } = useRuleCheck({ rules, ids, resourceId, draft, connections })
  const saved = useMemo(
    () => errorsOfRules(Object.entries(errors).map(([path, message]) => ({ path, message }))),
    [errors],
  )
  const faultsOf = (id: string, index: number) => (check ? check.errors.get(id) : saved.rules.get(index)) ?? NO_ERRORS
  const fault = check ? check.list : saved.list
  const primary = draft().model
  const full = rules.length >= ROUTING_BOUNDS.rules
  const nameOf = (id: string) => connections.find((connection) => connection.id === id)?.name
  return (
    <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      {rules.length === 0 ? (
        <EmptyRules primary={primary} disabled={disabled} onAdd={(rule) => list.insert(rule, 0, true)} />
      ) : (
        <>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>
            From top to bottom: the first rule that matches decides.
          </Typography>
          <Sortable ids={ids} onMove={list.move}>
            <Box
              component="ol"
              aria-label="Routing rules"
              sx={{ display: 'grid', gap: 1, gridTemplateColumns: 'minmax(0, 1fr)', m: 0, p: 0 }}
            >
              {rules.map((rule, index) => {
                const id = ids[index] ?? ''
                return (
                  <RuleCard
                    key={id}
                    id={id}
                    number={index + 1}
                    rule={rule}
                    onChange={(next) => list.replace(id, next)}
                    open={list.open.has(id)}
                    onToggle={() => list.toggle(id)}
                    connections={connections}
                    primary={primary}
                    errors={faultsOf(id, index)}
                    cost={check?.costs.get(id)}
                    disabled={disabled}
                    buttons={
                      !disabled && (
                        <RuleButtons
                          number={index + 1}
                          of={rules.length}
                          full={full}
                          onMove={(by) => list.move(index, index + by)}
                          onDuplicate={() => list.insert(structuredClone(rule), index + 1, false)}
                          onDelete={() => list.remove(index)}
                        />
                      )
                    }
                  />
                )
              })}
            </Box>
          </Sortable>
          <Typography variant="body2" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
            Otherwise: primary model, <strong>{targetName(primary, nameOf)}</strong>
          </Typography>
        </>
      )}
      {list.deleted && (
        <Alert
          severity="info"
          onClose={list.forget}
          action={
            <Button color="inherit" onClick={list.restore}>
              Undo
            </Button>
          }
        >
          Rule {list.deleted.index + 1} was deleted.
        </Alert>
      )}
      {fault && <Alert severity="error">The rules {fault}</Alert>}
      {nearBounds(rules).map(({ text, over }) => (
        <Alert key={text} severity={over ? 'error' : 'warning'}>
          {text}
        </Alert>
      ))}
      {rules.length > 0 && !disabled && (
        <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap', minHeight: 34 }}>
          <Button
            variant="outlined"
            startIcon={<AddIcon />}
            onClick={() => list.insert(newRule(primary), rules.length, true)}
            disabled={full}
          >
            Add rule
          </Button>
          <Typography variant="body2" aria-live="polite" sx={{ color: 'text.secondary' }}>
            {failed
              ? 'The rules could not be checked just now.'
              : checking
                ? 'Checking…'
                : (check && saidOf(check.errors)) || ''}
          </Typography>
        </Box>
      )}
    </Box>
  )
}

function saidOf(errors: ReadonlyMap<string, RuleErrors>): string {
  const faults = [...errors.values()].reduce((sum, each) => sum + Object.keys(each).length, 0)
  if (faults === 0) return 'Checked: these rules can be saved.'
  return faults === 1 ? 'Checked: 1 fault.' : `Checked: ${faults} faults.`
}

type SortableProps = {
  readonly ids: readonly string[]
  readonly onMove: (from: number, to: number) => void
  readonly children: ReactNode
}

function Sortable({ ids, onMove, children }: SortableProps) {
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  )
  const end = ({ active, over }: DragEndEvent) => {
    if (over && over.id !== active.id) onMove(ids.indexOf(String(active.id)), ids.indexOf(String(over.id)))
  }
  return (
    <DndContext
      id="routing-rules"
      sensors={sensors}
      collisionDetection={closestCenter}
      onDragEnd={end}
      accessibility={{ announcements: announcementsOf(ids) }}
    >
      <SortableContext items={[...ids]} strategy={verticalListSortingStrategy}>
        {children}
      </SortableContext>
    </DndContext>
  )
}

function announcementsOf(ids: readonly string[]): Announcements {
  const place = (id: string | number) => ids.indexOf(String(id)) + 1
  return {
    onDragStart: ({ active }) => `Rule ${place(active.id)} picked up.`,
    onDragOver: ({ over }) => (over ? `Now in place ${place(over.id)} of ${ids.length}.` : undefined),
    onDragEnd: ({ over }) => (over ? `Put in place ${place(over.id)} of ${ids.length}.` : 'Put back.'),
    onDragCancel: () => 'Put back.',
  }
}
