export type Part<Target> = { readonly target: Target; readonly weight: number }

/** One of the parts, each with the probability of its weight; undefined when all weigh nothing. */
export function pickAtRandom<Target>(parts: readonly Part<Target>[], random: () => number): Target | undefined {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0)
  let left = random() * total
  let last: Target | undefined
  for (const { target, weight } of parts) {
    if (weight <= 0) continue
    if (left < weight) return target
    left -= weight
    last = target
  }
  return last
}

/**
 * The same part for the same `who`, each for its weight's share of all `who`. When weights change, only as many move as
 * must (weighted rendezvous hashing).
 * @param nameOf what tells a target from the others, for good
 */
export function pickSticky<Target>(
  parts: readonly Part<Target>[],
  who: string,
  nameOf: (target: Target) => string,
): Target | undefined {
  const seed = hash(who.slice(0, LOOKED_AT), FNV_OFFSET)
  let best: Target | undefined
  let bestScore = Number.POSITIVE_INFINITY
  for (const { target, weight } of parts) {
    if (weight <= 0) continue
    // Exponentially distributed with the weight as its rate: the least of all wins in proportion to the weights.
    const score = -Math.log((mix(hash(nameOf(target), seed)) + 0.5) / 2 ** 32) / weight
    if (score < bestScore) {
      best = target
      bestScore = score
    }
  }
  return best
}

/** Characters of `who`, so that a long text costs no more than a short one. */
const LOOKED_AT = 16_384
const FNV_OFFSET = 0x811c9dc5

/** FNV-1a over the UTF-16 code units. */
function hash(text: string, seed: number): number {
  let value = seed
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}

/** The finalizer of MurmurHash3, since the last characters alone barely reach FNV's upper bits. */
function mix(value: number): number {
  let mixed = value
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
