/** A name that begins as wanted and is not taken, ignoring case: `openai`, `openai-2`, … */
export function uniqueName(wanted: string, taken: readonly string[]): string {
  const lower = new Set(taken.map((name) => name.toLowerCase()))
  if (!lower.has(wanted.toLowerCase())) return wanted
  let number = 2
  while (lower.has(`${wanted}-${number}`.toLowerCase())) number += 1
  return `${wanted}-${number}`
}
