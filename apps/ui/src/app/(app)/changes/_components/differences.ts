import { isSame } from '../../../../components/form/changed-fields.ts'

export type Difference = {
  /** Where it is in the object, e.g. `timeouts.totalMs`. */
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

/** Fields that change with every save. */
const BOOKKEEPING = ['version', 'updatedAt', 'updatedBy', 'createdAt', 'createdBy']

type State = Readonly<Record<string, unknown>> | null

/** What a change made of an object, field by field; lists are told as a whole. Of a whole object, what is null is left out. */
export function differences(before: State, after: State): Difference[] {
  const old = fieldsOf(before ?? {})
  const now = fieldsOf(after ?? {})
  return (
    [...new Set([...old.keys(), ...now.keys()])]
      // What was empty and has something in it now is told by what is in it.
      .filter((path, _, all) => !all.some((other) => other.startsWith(`${path}.`)))
      .filter((path) => !BOOKKEEPING.includes(path) && !isSame(old.get(path), now.get(path)))
      .map((path) => ({ path, before: old.get(path), after: now.get(path) }))
      // Of what was created or deleted, only what it had.
      .filter(({ before: left, after: right }) => (before && after) || (left ?? right ?? null) !== null)
  )
}

function fieldsOf(value: object, above = ''): Map<string, unknown> {
  const fields = new Map<string, unknown>()
  for (const [name, field] of Object.entries(value)) {
    const path = above ? `${above}.${name}` : name
    const isPlain = typeof field === 'object' && field !== null && !Array.isArray(field)
    if (!isPlain || Object.keys(field).length === 0) fields.set(path, field)
    else for (const [inner, leaf] of fieldsOf(field, path)) fields.set(inner, leaf)
  }
  return fields
}
