import { place } from './place.ts'

/** Places of texts, keys included, that no database takes: with a zero character, or with half of a surrogate pair. */
export function unstorable(value: unknown, path: readonly PropertyKey[] = []): string[] {
  if (typeof value === 'string') return storable(value) ? [] : [place(path)]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => {
    const at = [...path, Array.isArray(value) ? Number(key) : key]
    return storable(key) ? unstorable(item, at) : [place(at)]
  })
}

const storable = (text: string) => text.isWellFormed() && !text.includes('\0')
