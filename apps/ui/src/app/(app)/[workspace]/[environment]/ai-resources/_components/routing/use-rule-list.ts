'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import type { RoutingRule } from './routing-rule'

type Deleted = { readonly rule: RoutingRule; readonly index: number }

/** Rules have no ids of their own: here each gets one that stays with it however the list is ordered. */
export function useRuleList(rules: readonly RoutingRule[], onChange: (rules: RoutingRule[]) => void) {
  const [known, setKnown] = useState(() => rules.map(newId))
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const [deleted, setDeleted] = useState<Deleted>()
  // A list that was put in from elsewhere, e.g. of what somebody else saved: its rules are others.
  const ids = known.length === rules.length ? known : rules.map((_, index) => known[index] ?? `${index}`)
  const now = useRef({ rules, ids, onChange })
  useEffect(() => {
    now.current = { rules, ids, onChange }
  })

  const put = useCallback((nextRules: RoutingRule[], nextIds: string[]) => {
    setKnown(nextIds)
    now.current.onChange(nextRules)
  }, [])
  const insert = useCallback(
    (rule: RoutingRule, at: number, opened: boolean) => {
      const id = newId()
      put(now.current.rules.toSpliced(at, 0, rule), now.current.ids.toSpliced(at, 0, id))
      setDeleted(undefined)
      if (opened) setOpen((before) => new Set(before).add(id))
    },
    [put],
  )
  const replace = useCallback((id: string, rule: RoutingRule) => {
    const index = now.current.ids.indexOf(id)
    if (index >= 0) now.current.onChange(now.current.rules.with(index, rule))
  }, [])
  const move = useCallback(
    (from: number, to: number) => {
      const { rules: before, ids: idsBefore } = now.current
      const rule = before[from]
      const id = idsBefore[from]
      if (!rule || id === undefined || to < 0 || to >= before.length) return
      put(before.toSpliced(from, 1).toSpliced(to, 0, rule), idsBefore.toSpliced(from, 1).toSpliced(to, 0, id))
      setDeleted(undefined)
    },
    [put],
  )
  const remove = useCallback(
    (index: number) => {
      const rule = now.current.rules[index]
      if (!rule) return
      put(now.current.rules.toSpliced(index, 1), now.current.ids.toSpliced(index, 1))
      setDeleted({ rule, index })
    },
    [put],
  )
  const restore = () => deleted && insert(deleted.rule, deleted.index, false)
  const toggle = useCallback(
    (id: string) =>
      setOpen((before) => {
        const next = new Set(before)
        if (!next.delete(id)) next.add(id)
        return next
      }),
    [],
  )
  return { ids, open, toggle, insert, replace, move, remove, deleted, restore, forget: () => setDeleted(undefined) }
}

let made = 0
const newId = () => `rule-${++made}`
