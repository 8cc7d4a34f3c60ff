export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The text that something holds under a name; empty where it holds none. */
export function textIn(value: unknown, name: string): string {
  const text = isRecord(value) ? value[name] : undefined
  return typeof text === 'string' ? text : ''
}

export function numberIn(value: unknown, name: string): number | undefined {
  const number = isRecord(value) ? value[name] : undefined
  return typeof number === 'number' ? number : undefined
}
