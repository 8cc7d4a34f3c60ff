import { expect, it } from 'vitest'
import { programOf } from './program-of.ts'

it('browsers are told from those that they claim to be, with their systems', () => {
  const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
  const names = [
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`,
    `Mozilla/5.0 (Linux; Android 15) ${webkit} Chrome/140.0.0.0 Mobile Safari/537.36`,
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
  ].map(programOf)
  expect(names).toEqual(['Firefox on Linux', 'Edge on Windows', 'Chrome on Android', 'Safari on macOS'])
})

it('programs are called what they call themselves, and who says nothing is not guessed', () => {
  expect(['curl/8.5.0', 'node', null, ''].map(programOf)).toEqual([
    'curl',
    'node',
    'Something that does not say what it is',
    'Something that does not say what it is',
  ])
})
