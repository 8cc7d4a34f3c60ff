import type { FieldErrors, FieldValues } from 'react-hook-form'

/** What is wrong with a form, by the path of the field as the API names it, e.g. `capacity.0.tokens`. */
export function errorsByPath<Values extends FieldValues>(errors: FieldErrors<Values>): Record<string, string> {
  return Object.fromEntries(messagesIn(errors, []))
}

/** The first thing that is wrong with a field or with what is in it. */
export function firstErrorIn<Values extends FieldValues>(
  errors: FieldErrors<Values>,
  field: Extract<keyof Values, string>,
): string | undefined {
  return Object.entries(errorsByPath(errors)).find(([path]) => path === field || path.startsWith(`${field}.`))?.[1]
}

function messagesIn(node: unknown, path: readonly string[]): [string, string][] {
  if (typeof node !== 'object' || node === null) return []
  // A message may stand beside those of what is in the field: an array has its own below `root`.
  const own = Reflect.get(node, 'message')
  if (typeof own === 'string' && own) return [[path.filter((name) => name !== 'root').join('.'), own]]
  return Object.entries(node)
    .filter(([name]) => name !== 'ref')
    .flatMap(([name, inner]) => messagesIn(inner, [...path, name]))
}
