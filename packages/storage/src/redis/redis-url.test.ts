import { expect, test } from 'vitest'
import { parseRedisUrl } from './redis-url.ts'

const single = { kind: 'single', tls: false, database: 0 }

test.each([
  ['redis://h:6380', { ...single, nodes: [{ host: 'h', port: 6380 }] }],
  ['redis://h', { ...single, nodes: [{ host: 'h', port: 6379 }] }],
  ['redis://h:1/', { ...single, nodes: [{ host: 'h', port: 1 }] }],
  ['redis://[::1]:6380/3', { ...single, nodes: [{ host: '::1', port: 6380 }], database: 3 }],
  ['redis://:p%40%3A%2F@h', { ...single, nodes: [{ host: 'h', port: 6379 }], password: 'p@:/' }],
  [
    'rediss://me:a:b@cache.example.com:6390/12',
    {
      kind: 'single',
      tls: true,
      nodes: [{ host: 'cache.example.com', port: 6390 }],
      username: 'me',
      password: 'a:b',
      database: 12,
    },
  ],
  [
    'redis+cluster://a:1,b:2,[::1]',
    {
      kind: 'cluster',
      tls: false,
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
        { host: '::1', port: 6379 },
      ],
      database: 0,
    },
  ],
  [
    'rediss+cluster://u:p@a/0',
    { kind: 'cluster', tls: true, nodes: [{ host: 'a', port: 6379 }], username: 'u', password: 'p', database: 0 },
  ],
])('%s is read', (url, address) => {
  expect(parseRedisUrl(url)).toEqual(address)
})

test.each([
  ['http://h', 'must start with redis://'],
  ['redis:h', 'must start with redis://'],
  ['rediss+sentinel://h', 'must start with redis://'],
  ['redis://', 'a host that is not one'],
  ['redis+cluster://a:1,,b:2', 'a host that is not one'],
  ['redis://::1', 'a host that is not one'],
  ['redis://[fe80:x]:1', 'a host that is not one'],
  ['redis://h:0', 'a port that is not'],
  ['redis://h:65536', 'a port that is not'],
  ['redis://a:1,b:2', 'several hosts: write redis+cluster://'],
  ['redis://h/db', 'a database that is not a number'],
  ['redis+cluster://h/1', 'a cluster has no databases'],
  ['redis://h?family=6', 'no parameters'],
  ['redis://h/0?tls=false', 'no parameters'],
  ['redis://h#x', 'nothing after a #'],
  ['redis://h :1', 'a space'],
])('%s is refused: %s', (url, problem) => {
  expect(() => parseRedisUrl(url)).toThrow(problem)
})

test.each([
  'redis://u:s3cr3t%ZZ@h',
  'redis://u:s3cr3t?x@h?y',
  'redis://u:s3cr3t#@h',
  'redis://u:s3cr3t/@h',
  'redis://u:@s3cr3t@h',
  'redis://s3cr3t@h',
  'redis://u:s3cr3t@',
  'redis://u:s3cr3t#x',
  'redis://u:s3cr3t?x',
  'redis://u:s3cr3t',
  'redis://u:s3cr3t@h:99999',
  'redis://u:s3cr3t@h/x',
  'redis://u:s3 cr3t@h',
  'u:s3cr3t@h',
])('what is wrong with %s is said without what may be the password', (url) => {
  let message = ''
  try {
    parseRedisUrl(url)
  } catch (error) {
    message = String(error)
  }
  expect(message).not.toBe('')
  expect(message).not.toMatch(/s3|cr3t/)
})
