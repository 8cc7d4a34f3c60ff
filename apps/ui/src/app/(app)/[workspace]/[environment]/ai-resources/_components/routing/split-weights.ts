type Part = { readonly weight: number }

export const MOST_PARTS = 20

/** The sum of the weights as people see it: fractions such as 33.3 do not add up exactly. */
export const sumOfWeights = (parts: readonly Part[]): number =>
  Math.round(parts.reduce((sum, { weight }) => sum + weight, 0) * 1e6) / 1e6

/** Whether weights add to 100, as the API adds them. */
export const addsUp = (parts: readonly Part[]): boolean => sumOfWeights(parts) === 100

/** The same parts with equal weights, in whole percents: the first get what is left over. */
export function distributedEvenly<Item extends Part>(parts: readonly Item[]): Item[] {
  const share = Math.floor(100 / parts.length)
  const left = 100 - share * parts.length
  return parts.map((part, index) => ({ ...part, weight: share + (index < left ? 1 : 0) }))
}
