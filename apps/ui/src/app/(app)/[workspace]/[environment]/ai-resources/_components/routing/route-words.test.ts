import { expect, it } from 'vitest'
import { fullLimitInWords, obstaclesOf, verdictOf } from './route-words.ts'

const target = {
  connection: 'a',
  provider: 'demo',
  model: 'm',
  estimate: { input: 1, output: 1 },
  fullLimits: [],
  circuitOpensInMs: 0,
  heldForMs: 0,
}
const seconds = (ms: number) => `${ms / 1000} s`

it('says what would keep a request from a target, and for how long', () => {
  expect(obstaclesOf(target, seconds)).toEqual([])
  expect(obstaclesOf({ ...target, stoppedBy: 'circuit_open', circuitOpensInMs: 5000 }, seconds)).toEqual([
    'It has failed repeatedly: not asked for another 5 s.',
  ])
  const full = {
    ...target,
    stoppedBy: 'target_busy' as const,
    fullLimits: [{ owner: 'connection' as const, period: 'minute' as const }],
  }
  expect(obstaclesOf(full, seconds)).toEqual(['No room: limit per minute of the connection.'])
  expect(fullLimitInWords({ owner: 'api-key', period: 'concurrent', dimension: 'user' })).toBe(
    'limit at the same time for each user of the API key',
  )
})

it('says what decided, with rules numbered as the list numbers them', () => {
  const answer = { inputTokens: 1, fullLimits: [], targets: [], expressions: [], draws: [] }
  const decision = { targets: [], attempts: [] }
  const rules = [{ index: 0, result: 'matched' as const }]
  expect(verdictOf({ ...answer, decision: { ...decision, rules }, matched: 0 })).toBe('Rule 1 decides')
  expect(verdictOf({ ...answer, decision: { ...decision, rules }, matched: 0, blocked: 'No' })).toBe(
    'Rule 1 refuses the request: “No”',
  )
  expect(verdictOf({ ...answer, decision })).toMatch(/There are no rules/)
  expect(verdictOf({ ...answer, decision: { ...decision, secondaryModel: 1 } })).toMatch(/secondary model 2/)
})
