import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { pages } from '../../scripts/generate.mjs'

it.each(Object.entries(pages))('%s is what its source makes of it: else run `npm run generate`', async (path, make) => {
  expect(readFileSync(join(import.meta.dirname, '../..', path), 'utf8')).toBe(await make())
})
