import { expect, it } from 'vitest'
import { isSecureCookie } from './secure-cookie.ts'

it.each(['localhost', 'LOCALHOST:3000', '127.0.0.1:3000', '127.255.255.254', '127.1', '[::1]', '[0:0::1]:3000'])(
  'plain http to %s takes a cookie that is not for https alone',
  (host) => expect(isSecureCookie({ protocol: 'http', host })).toBe(false),
)

it.each([
  'console.example.com',
  '10.0.0.1:3000',
  '[::2]',
  '128.0.0.1',
  '127.0.0.1.example.com',
  'localhost.example.com',
  'my-localhost',
  '0.0.0.0:3000',
  '',
  'localhost:port',
])('plain http to "%s" does not', (host) => expect(isSecureCookie({ protocol: 'http', host })).toBe(true))

it('https never does', () => expect(isSecureCookie({ protocol: 'https', host: 'localhost' })).toBe(true))
