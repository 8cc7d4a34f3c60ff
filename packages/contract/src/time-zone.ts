import { z } from 'zod'

/** Every name of the IANA database, also those that stand for another one; no offset such as `+05:30`. */
export const timeZone = z.string().refine(isTimeZone, 'must be an IANA time zone')

function isTimeZone(name: string): boolean {
  if (!/^[a-z]/i.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
