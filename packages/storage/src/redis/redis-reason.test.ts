import { expect, test } from 'vitest'
import { reasonAt, reasonOf } from './redis-reason.ts'

test.each([
  ['Unknown RESP type 72 "H". Please report this.', "does not speak Redis's protocol"],
  ["Socket timeout. Expecting data, but didn't receive any in 3000ms.", 'did not answer within 3000 ms'],
  ['timeout', 'did not answer in time'],
  ['connect ETIMEDOUT', 'no connection within 3 s'],
  ['Connection is closed.', 'the connection was closed'],
  ["Stream isn't writeable and enableOfflineQueue options is false", 'there is no connection to it'],
  [
    `OOM command not allowed when used memory > 'maxmemory'. script: ${'a'.repeat(40)}, on @user_script:3.`,
    'its memory is full: raise maxmemory',
  ],
  [
    `READONLY You can't write against a read only replica. script: ${'a'.repeat(40)}, on @user_script:3.`,
    'is a replica, or takes no writes now',
  ],
  [`ERR odd script: ${'a'.repeat(40)}, on @user_script:3.`, 'ERR odd'],
  ['connect ECONNREFUSED 127.0.0.1:1', 'connect ECONNREFUSED 127.0.0.1:1'],
  [
    'WRONGPASS invalid username-password pair or user is disabled.',
    'WRONGPASS invalid username-password pair or user is disabled.',
  ],
])('%s is said in words that operators can use', (message, reason) => {
  expect(reasonOf(new Error(message))).toBe(reason)
})

test('what was sent is not repeated', () => {
  const message = "ERR unknown command 'AUTH', with args beginning with: 's3cr3t' "
  expect(reasonOf(new Error(message))).toBe("ERR unknown command 'AUTH'")
})

test('the last node and each address say why, rather than that all have failed', () => {
  const refused = new Error('connect ECONNREFUSED ::1:1')
  const all = new AggregateError([refused, new Error('connect ECONNREFUSED 127.0.0.1:1')], '')
  expect(reasonOf(all)).toBe('connect ECONNREFUSED ::1:1, connect ECONNREFUSED 127.0.0.1:1')
  const failed = Object.assign(new Error('Failed to refresh slots cache.'), { lastNodeError: refused })
  expect(reasonOf(failed)).toBe(refused.message)
})

test('the node is named, once', () => {
  expect(reasonAt('h:1', new Error('timeout'))).toBe('h:1: did not answer in time')
  expect(reasonAt('h:1', new Error('connect ECONNREFUSED h:1'))).toBe('connect ECONNREFUSED h:1')
})
