import { describe, expect, it } from 'vitest'
import { workspaceSpec } from './config-file.ts'

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
