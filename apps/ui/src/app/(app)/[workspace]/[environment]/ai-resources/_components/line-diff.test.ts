import { expect, it } from 'vitest'
import { lineDiff } from './line-diff.ts'

const written = (before: string, after: string) =>
  lineDiff(before, after).map(({ kind, text }) => `${{ same: ' ', removed: '-', added: '+' }[kind]}${text}`)

it('keeps all lines that both have in common, and shows the others once', () => {
  expect(written('a\nb\nc', 'a\nx\nc\nd')).toEqual([' a', '-b', '+x', ' c', '+d'])
  expect(written('a', 'a')).toEqual([' a'])
  expect(written('a\nb', 'c')).toEqual(['-a', '-b', '+c'])
})
