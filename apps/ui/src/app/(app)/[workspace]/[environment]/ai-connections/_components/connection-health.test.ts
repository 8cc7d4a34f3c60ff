import { expect, it } from 'vitest'
import { connectionHealth } from './connection-health.ts'

const USE = { requests: 100, errorShare: 0 }

it('calls a connection healthy only when traffic shows it', () => {
  expect(connectionHealth({ enabled: true, heldModels: 0, use: USE }).label).toBe('Healthy')
  expect(connectionHealth({ enabled: true, heldModels: 0, use: undefined }).label).toBe('No traffic')
  expect(connectionHealth({ enabled: true, heldModels: 0, use: { requests: 0, errorShare: 0 } }).label).toBe(
    'No traffic',
  )
  expect(connectionHealth({ enabled: false, heldModels: 0, use: USE }).label).toBe('Disabled')
})

it('says the worst that is known', () => {
  expect(connectionHealth({ enabled: true, heldModels: 1, use: USE }).label).toBe('Held back')
  expect(connectionHealth({ enabled: true, heldModels: 1, use: { ...USE, errorShare: 0.5 } }).label).toBe('Failing')
  expect(connectionHealth({ enabled: true, heldModels: 0, use: { ...USE, errorShare: 0.05 } }).label).toBe(
    'Some errors',
  )
})
