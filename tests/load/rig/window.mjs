/**
 * @typedef {object} Arrival
 * @property {number} atMs
 * @property {number} amount
 */

/**
 * The most that any span of that length saw; a span holds its beginning, not its end.
 * @param {Arrival[]} arrivals in the order of their time
 */
export function mostInSpan(arrivals, spanMs) {
  let [first, sum, most, endMs] = [0, 0, 0, 0]
  for (const { atMs, amount } of arrivals) {
    sum += amount
    while (arrivals[first].atMs <= atMs - spanMs) sum -= arrivals[first++].amount
    if (sum <= most) continue
    most = sum
    endMs = atMs
  }
  return { most, endMs }
}

/** What a span of that length saw on average, over all of them between two moments; of all, if the time is shorter. */
export function meanInSpan(arrivals, spanMs, fromMs, toMs) {
  const lastStartMs = toMs - spanMs
  if (lastStartMs <= fromMs) return arrivals.reduce((sum, { amount }) => sum + amount, 0)
  let total = 0
  for (const { atMs, amount } of arrivals)
    total += amount * Math.max(0, Math.min(atMs, lastStartMs) - Math.max(atMs - spanMs, fromMs))
  return total / (lastStartMs - fromMs)
}
