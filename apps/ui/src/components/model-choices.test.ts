import { expect, it } from 'vitest'
import { modelChoices } from './model-choices.ts'

const known = { defaults: ['b', 'c'], offered: ['c', 'd'], current: '' }

it('offers only what a connection allows, and what is chosen even where it is not allowed', () => {
  const connection = { name: 'x', allowedModels: ['a'], models: { b: {} } }
  expect(modelChoices(connection, known)).toEqual([{ model: 'a', group: 'Allowed by the connection' }])
  expect(modelChoices(connection, { ...known, current: 'b' })[0]).toEqual({
    model: 'b',
    group: 'Chosen, but not allowed',
  })
})

it('offers each model once where any is allowed, first where it is closest to the connection', () => {
  const connection = { name: 'x', allowedModels: null, models: { b: {} } }
  expect(modelChoices(connection, known).map(({ model, group }) => `${group}: ${model}`)).toEqual([
    'Set up at the connection: b',
    'Suggested: c',
    'Offered by the provider: d',
  ])
})
