import type { z } from 'zod'
import { MISSING } from './in-our-words.ts'

export type SchemaProblem = { readonly path: readonly PropertyKey[]; readonly message: string }

/**
 * What is wrong with a document, of issues {@link inOurWords}, each with the place of what is at fault. Where several forms are allowed, it is what is
 * wrong with the one that was meant, as far as its keys tell.
 */
export function schemaProblems(
  issues: readonly z.core.$ZodIssue[],
  parent: readonly PropertyKey[] = [],
): SchemaProblem[] {
  return issues.flatMap((issue) => {
    const path = [...parent, ...issue.path]
    if (issue.code !== 'invalid_union') return [{ path, message: issue.message }]
    const forms = issue.errors.filter((form) => form.length > 0)
    const least = Math.min(...forms.map(distanceOf))
    const meant = forms.filter((form) => distanceOf(form) === least).map((form) => schemaProblems(form, path))
    if (meant.length === 1) return meant.flat()
    const plain = meant.every((problems) => problems.length === 1 && problems[0]?.path.length === path.length)
    const messages = [...new Set(meant.flat().map(({ message }) => message))]
    return [{ path, message: plain ? messages.join(', or ') : 'has none of the forms that are allowed here' }]
  })
}

/** How far a value is from having the keys of a form: one for each that it lacks or has too many. */
function distanceOf(form: readonly z.core.$ZodIssue[]): number {
  return form.reduce((sum, issue) => sum + distance(issue), 0)
}

function distance(issue: z.core.$ZodIssue): number {
  if (issue.path.length === 1) return isMissing(issue) ? 1 : 0
  if (issue.path.length > 1) return 0
  if (issue.code === 'invalid_union') return Math.min(...issue.errors.map(distanceOf))
  return issue.code === 'unrecognized_keys' ? issue.keys.length : ANOTHER_TYPE
}

const ANOTHER_TYPE = 100

const isMissing = (issue: z.core.$ZodIssue): boolean =>
  issue.code === 'invalid_union'
    ? issue.errors.every((form) => form.every((each) => each.path.length === 0 && isMissing(each)))
    : issue.code === 'invalid_type' && issue.message === MISSING
