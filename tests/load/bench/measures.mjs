import { setTimeout } from 'node:timers/promises'
import { chatRequest, fixedRate, holdStreams, saturate } from './load.mjs'

/** One figure of one contestant in one round, e.g. `{ cpuMicros: 84, perSecond: 11000 }`. @typedef {Record<string, number>} Figures */

/** Cost of whole requests while the core is full. */
export async function saturation(target, { kilobytes, count }) {
  const request = chatRequest(target, 'json', kilobytes)
  await target.settled()
  const before = target.cpuMs()
  const { perSecond } = await saturate(target, request, { count, concurrency: 32 })
  await target.settled()
  return { cpuMicros: ((target.cpuMs() - before) * 1000) / count, perSecond }
}

/** Durations as one client sees them while the core has little to do. */
export async function latency(target, { perSecond, seconds }) {
  const durations = await fixedRate(target, chatRequest(target, 'json', 2), { perSecond, seconds })
  return { p50Ms: quantile(durations, 0.5), p95Ms: quantile(durations, 0.95) }
}

/** Cost of one write of the upstream on its way through. */
export async function streaming(target, { count, chunks }) {
  const request = chatRequest(target, 'stream', 2)
  await target.settled()
  const before = target.cpuMs()
  const { firstByteMs } = await saturate(target, request, { count, concurrency: 20 })
  await target.settled()
  return { cpuMicros: ((target.cpuMs() - before) * 1000) / (count * chunks), firstByteMs: quantile(firstByteMs, 0.5) }
}

/** Resident memory of one stream that is open and idle, once as many again have taken up what was free before. */
export async function memory(target, { count }) {
  const request = chatRequest(target, 'hold', 2)
  const resident = []
  const closing = []
  for (let half = 0; half < 2; half++) {
    closing.push(await holdStreams(target, request, count))
    await setTimeout(1000)
    resident.push(target.residentBytes())
  }
  for (const close of closing) close()
  return { kilobytes: (resident[1] - resident[0]) / 1024 / count }
}

/**
 * Runs `measure` on each target in turn, `rounds` times, and answers the medians: `targets[i]` → `answer[i]`. Where it is
 * about CPU, `cpuOfBase` is the median of what the first target took in the same round, divided by what this one took: other
 * work on the machine comes and goes, and hits both.
 */
export async function interleaved(targets, rounds, measure) {
  const results = targets.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, target] of targets.entries()) results[index].push(await measure(target))
  }
  return results.map((figures) => ({
    ...Object.fromEntries(Object.keys(figures[0]).map((name) => [name, median(figures.map((each) => each[name]))])),
    cpuOfBase: median(figures.map(({ cpuMicros }, round) => results[0][round].cpuMicros / cpuMicros)),
  }))
}

/** Of an even count the mean of the two in the middle: the rounds are few. */
function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)]
}
