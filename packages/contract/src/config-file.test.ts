// biome-ignore-all lint/suspicious/noThenProperty: the name that people write
import { describe, expect, it } from 'vitest'
import { resourceSpec, workspaceSpec } from './config-file.ts'

const accepts = (timeZone: string) => workspaceSpec.safeParse({ name: 'w', timeZone }).success

describe('the time zone of a workspace', () => {
  it.each([
    'UTC',
    'Etc/UTC',
    'Europe/Berlin',
    'Europe/Kyiv',
    'Asia/Kolkata',
    'Asia/Calcutta',
    'America/Argentina/Buenos_Aires',
    'Etc/GMT+5',
  ])('may be %s', (zone) => expect(accepts(zone)).toBe(true))

  it.each(['+05:30', '-08', 'Europe/Nowhere', 'UTC+2', ' UTC', ''])('may not be "%s"', (zone) =>
    expect(accepts(zone)).toBe(false),
  )
})

describe('the rules of a resource', () => {
  it('have the bounds that they have in the API', () => {
    const when = { any: Array(50).fill({ any: Array(50).fill({ all: [] }) }) }
    const spec = { name: 'r', model: { connection: 'c', model: 'm' }, routing: [{ when, then: { block: 'no' } }] }
    expect(resourceSpec.safeParse(spec).error?.issues).toMatchObject([
      { path: ['routing', 0, 'when'], message: expect.stringContaining('500 conditions') },
    ])
  })
})
