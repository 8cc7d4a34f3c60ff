'use client'

import { createContext, useContext } from 'react'
import type { AiConnection } from '@/client/queries'
import type { ConditionPath } from './condition-tree'
import type { RuleCondition, Target } from './routing-rule'
import { errorAt, type RuleErrors } from './rule-errors'

type RuleContextValue = {
  readonly connections: readonly AiConnection[]
  readonly disabled: boolean
  readonly errors: RuleErrors
  /** The most characters that the rule's expression can go through, where it is known. */
  readonly cost: number | undefined
  /** What a new target begins as. */
  readonly primary: Target
  /** Puts a condition in a place of the rule's own; undefined takes the one that is there away. */
  readonly edit: (path: ConditionPath, next: RuleCondition | undefined) => void
}

export const RuleContext = createContext<RuleContextValue | undefined>(undefined)

/** The rule that is being edited. */
export function useRule() {
  const rule = useContext(RuleContext)
  if (!rule) throw new Error('There is no rule around this part of its form')
  const errorOf = (path: readonly (string | number)[], ...fields: string[]) => errorAt(rule.errors, path, ...fields)
  return { ...rule, errorOf }
}
