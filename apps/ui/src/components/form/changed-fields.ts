/** The fields of `values` that differ from those of `base`, each as a whole. */
export function changedFields<Values extends object>(base: object, values: Values): Values {
  const entries = Object.entries(values).filter(([name, value]) => !isSame(value, Reflect.get(base, name)))
  return Object.fromEntries(entries) as Values
}

/** Whether two JSON values are equal; what is undefined is absent. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => isSame(Reflect.get(a, name), Reflect.get(b, name)))
}
