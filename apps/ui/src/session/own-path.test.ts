import { expect, it } from 'vitest'
import { ownPath } from './own-path.ts'

it('goes on to a page of the console, with its search and its place', () => {
  expect(ownPath('/users?state=active#content')).toBe('/users?state=active#content')
})

it.each([
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/\n\\evil.example',
  '/.//evil.example',
  '/a/..//evil.example',
  '//[',
  'https://evil.example',
  'javascript:alert(1)',
  '',
  null,
])('leads nowhere else by %j', (next) => {
  expect(ownPath(next)).toBe('/')
})
