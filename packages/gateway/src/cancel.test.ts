import { expect, it } from 'vitest'
import { Cancellation } from './cancel.ts'

it('tells each listener once, in order, and none that was removed', () => {
  const told: number[] = []
  const cancellation = new Cancellation()
  const second = () => told.push(2)
  cancellation.addEventListener('abort', () => told.push(1))
  cancellation.addEventListener('abort', second)
  cancellation.addEventListener('abort', () => told.push(3))
  cancellation.removeEventListener('abort', second)
  expect(cancellation.aborted).toBe(false)
  cancellation.abort()
  cancellation.abort()
  expect([told, cancellation.aborted]).toEqual([[1, 3], true])
})
