import { isSame } from '../../../../../../components/form/changed-fields.ts'

type Change<Field> = { readonly field: Field; readonly then: string; readonly now: string }

/** The fields in which a revision differs from what is saved now, as texts in which connections have their names. */
export function revisionChanges<Values extends object>(
  document: Readonly<Record<string, unknown>>,
  values: Values,
  connectionNames: ReadonlyMap<string, string>,
): Change<keyof Values & string>[] {
  const fields = Object.keys(values) as (keyof Values & string)[]
  return fields
    .filter((field) => !isSame(document[field], values[field]))
    .map((field) => ({
      field,
      then: written(document[field], connectionNames),
      now: written(values[field], connectionNames),
    }))
}

function written(value: unknown, names: ReadonlyMap<string, string>): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'string') return value || '(empty)'
  const named = (_: string, inner: unknown) => (typeof inner === 'string' ? (names.get(inner) ?? inner) : inner)
  return JSON.stringify(sorted(value), named, 2)
}

/** Names in one order: what is only written in another one is no difference. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, inner]) => [name, sorted(inner)]),
  )
}
