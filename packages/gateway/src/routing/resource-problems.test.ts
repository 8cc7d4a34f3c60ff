// biome-ignore-all lint/suspicious/noThenProperty: the name that people write in rules
import type { Rule } from '@vm-x/contract'
import { describe, expect, it } from 'vitest'
import type { TargetEntry } from '../catalog/catalog.ts'
import { type ConfiguredResource, resourceProblems } from './resource-problems.ts'

const A = { connectionId: 'a', model: 'm' }
const B = { connectionId: 'b', model: 'm' }
const ASKED: Rule<TargetEntry>['when'] = { field: 'request.user', op: 'eq', value: 'ann' }
const OTHER: Rule<TargetEntry>['when'] = { field: 'request.user', op: 'eq', value: 'bob' }
const ALWAYS: Rule<TargetEntry>['when'] = { all: [] }
const NEVER: Rule<TargetEntry>['when'] = { any: [] }

const rule = (when: Rule<TargetEntry>['when'], more: Partial<Rule<TargetEntry>> = {}): Rule<TargetEntry> => ({
  description: '',
  enabled: true,
  when,
  then: { target: B },
  traffic: 100,
  ...more,
})

/** Paths of what can't take effect in a resource whose model is A. */
const pathsOf = (resource: Partial<ConfiguredResource>) =>
  resourceProblems({
    model: A,
    routing: [],
    secondaryModels: [],
    fallback: { enabled: false, models: [] },
    timeouts: {},
    ...resource,
  }).map(({ path }) => path.join('.'))
const rulesAt = (...routing: Rule<TargetEntry>[]) => pathsOf({ routing })
const fallback = (...models: TargetEntry[]) => ({ enabled: true, models })

describe('what of a resource can not take effect', () => {
  it('is nothing in an ordinary one', () => {
    const resource = {
      routing: [rule(ASKED), rule(OTHER), rule({ expression: 'tokens.input > 5' }), rule(ALWAYS)],
      secondaryModels: [A, B],
      fallback: { ...fallback(B), on: null },
      timeouts: { connectMs: 100, totalMs: 100 },
    }
    expect(pathsOf(resource)).toEqual([])
  })

  it.each<[string, Rule<TargetEntry>['when']]>([
    ['an empty all', ALWAYS],
    ['the negation of an empty any', { not: NEVER }],
    ['an any with a part that always holds', { any: [ASKED, ALWAYS] }],
    ['an all of parts that always hold', { all: [ALWAYS, { not: NEVER }] }],
    ['the expression true', { expression: ' true ' }],
  ])('is a rule after %s', (_case, when) => {
    expect(rulesAt(rule(ASKED), rule(when), rule(OTHER), rule(ALWAYS))).toEqual(['routing.2', 'routing.3'])
  })

  it.each<[string, Partial<Rule<TargetEntry>>]>([
    ['is switched off', { enabled: false }],
    ['applies to a share of the traffic', { traffic: 99 }],
  ])('is no rule after one that always holds but %s', (_case, more) => {
    expect(rulesAt(rule(ALWAYS, more), rule(OTHER))).toEqual([])
  })

  it.each<[string, Rule<TargetEntry>['when']]>([
    ['an empty any', NEVER],
    ['an all with a part that never holds', { all: [ASKED, NEVER] }],
    ['the negation of an empty all', { not: ALWAYS }],
    ['the expression false', { expression: 'false' }],
  ])('is a rule whose condition is %s', (_case, when) => {
    expect(rulesAt(rule(when), rule(ASKED))).toEqual(['routing.0.when'])
  })

  it('is a rule with the condition of one before it that takes all of the traffic', () => {
    expect(rulesAt(rule(ASKED), rule(ASKED, { then: { block: 'no' } }))).toEqual(['routing.1'])
    expect(rulesAt(rule(ASKED, { traffic: 50 }), rule(ASKED))).toEqual([])
    expect(rulesAt(rule(ASKED, { enabled: false }), rule(ASKED))).toEqual([])
  })

  it('is no rule that is switched off', () => {
    expect(rulesAt(rule(ALWAYS), rule(OTHER, { enabled: false }), rule(NEVER, { enabled: false }))).toEqual([])
  })

  it('is a fallback to the model itself where nothing else can come first', () => {
    expect(pathsOf({ fallback: fallback(B, A) })).toEqual(['fallback.models.1'])
    expect(pathsOf({ fallback: fallback(A), routing: [rule(ASKED, { then: { target: A } })] })).toHaveLength(1)
    expect(pathsOf({ fallback: fallback(A), routing: [rule(ASKED, { enabled: false })] })).toHaveLength(1)
    expect(pathsOf({ fallback: fallback({ ...A, model: 'n' }) })).toEqual([])
  })

  it.each<[string, Partial<ConfiguredResource>]>([
    ['a rule goes elsewhere', { routing: [rule(ASKED)] }],
    ['a split goes elsewhere', { routing: [rule(ASKED, { then: { split: [{ target: B, weight: 100 }] } })] }],
    ['a balance goes elsewhere', { routing: [rule(ASKED, { then: { balance: 'latency', targets: [A, B] } })] }],
    ['callers may ask for another model', { secondaryModels: [B] }],
  ])('is no fallback to the model itself where %s', (_case, resource) => {
    expect(pathsOf({ fallback: fallback(A), ...resource })).toEqual([])
  })

  it('is a fallback that is on without a model, or after no error', () => {
    expect(pathsOf({ fallback: fallback() })).toEqual(['fallback.models'])
    expect(pathsOf({ fallback: { ...fallback(B), on: [] } })).toEqual(['fallback.on'])
    expect(pathsOf({ fallback: { enabled: false, models: [A], on: [] } })).toEqual([])
  })

  it('is a time for a stage that is longer than that for all', () => {
    expect(pathsOf({ timeouts: { totalMs: 1000, firstByteMs: 1001, idleMs: 1000 } })).toEqual(['timeouts.firstByteMs'])
    expect(pathsOf({ timeouts: { firstByteMs: 1_000_000 } })).toEqual([])
  })
})
