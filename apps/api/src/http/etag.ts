import { Problem } from './problem.ts'

export const etagOf = (version: number): string => `"${version}"`

/** The version that `If-Match` names. Throws `version_required` without one, `version_mismatch` for what no version is. */
export function versionOf(ifMatch: string | string[] | undefined): number {
  if (typeof ifMatch !== 'string' || ifMatch.trim() === '')
    throw new Problem('version_required', 'Send the header If-Match with the ETag of what you have read, e.g. "3"')
  const version = /^"([1-9]\d{0,15})"$/.exec(ifMatch.trim())?.[1]
  if (version === undefined) throw new Problem('version_mismatch', 'If-Match names no version, e.g. "3"')
  return Number(version)
}

/** Throws `version_mismatch` when someone else was faster. */
export function requireVersion(found: number, wanted: number): void {
  if (found !== wanted)
    throw new Problem('version_mismatch', `It is at version ${found} by now, not ${wanted}: read it again`)
}
