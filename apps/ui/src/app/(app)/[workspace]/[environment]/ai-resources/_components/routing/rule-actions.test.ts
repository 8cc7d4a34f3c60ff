import { expect, it } from 'vitest'
import { actionOfKind, kindOfAction } from './rule-actions.ts'

const a = { connectionId: '1', model: 'a' }
const b = { connectionId: '2', model: 'b' }
const primary = { connectionId: '3', model: 'p' }

it('keeps the targets that were chosen when the kind of an action changes', () => {
  const split = actionOfKind('split', { target: a }, primary)
  expect(split).toEqual({
    split: [
      { target: a, weight: 50 },
      { target: primary, weight: 50 },
    ],
  })
  expect(
    actionOfKind(
      'balance',
      {
        split: [
          { target: a, weight: 1 },
          { target: b, weight: 99 },
        ],
      },
      primary,
    ),
  ).toEqual({
    balance: 'latency',
    targets: [a, b],
  })
  expect(actionOfKind('target', { balance: 'latency', targets: [b, a] }, primary)).toEqual({ target: b })
})

it('begins with the primary model where there were none', () => {
  expect(actionOfKind('target', { block: 'no' }, primary)).toEqual({ target: primary })
  for (const kind of ['target', 'split', 'balance', 'block'] as const)
    expect(kindOfAction(actionOfKind(kind, { block: 'no' }, primary))).toBe(kind)
})
