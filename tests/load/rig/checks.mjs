import { setTimeout } from 'node:timers/promises'
import { Pool } from 'undici'
import { ask } from './drive.mjs'
import { meanInSpan, mostInSpan } from './window.mjs'

/**
 * @typedef {object} Check
 * @property {string} name what must hold
 * @property {string} measured
 * @property {string} allowed
 * @property {boolean} ok
 */

/** @typedef {import('./run.mjs').Run} Run */

const MINUTE_MS = 60_000

/** No minute, less the largest delay from admission to arrival, sees more than the limit. */
export const exact = (measure) => (run) => {
  const limit = limitOf(run, measure)
  const { most } = mostInSpan(arrivals(run, measure), MINUTE_MS - run.delayMs)
  return [check(`most ${measure} in any ${seconds(MINUTE_MS - run.delayMs)}`, most, limit, most <= limit)]
}

/** At least 96 % of the limit is used, on average over all minutes of the run. */
export const used = (measure) => (run) => {
  const limit = limitOf(run, measure)
  const mean = meanInSpan(arrivals(run, measure), MINUTE_MS, run.startedMs, run.endedMs)
  return [check(`${measure} used, mean of all minutes`, percent(mean / limit), '≥ 96 %', mean >= 0.96 * limit)]
}

/** The counters are the sum of what was settled, and nothing is held. @param {Run} run */
export const counted = ({ counters: { lifetime, concurrent }, notes, scenario }) => {
  const aborts = scenario.checks.includes(concurrency)
  const tokens = notes.reduce((sum, note) => sum + note.tokens, 0)
  const held = concurrent?.requests.used ?? 0
  const requests = lifetime.requests.used
  return [
    check('requests counted, of those that arrived', requests, notes.length, requests === notes.length),
    // What a client who left has used, nobody reports.
    ...(aborts ? [] : [check('tokens counted', lifetime.tokens.used, tokens, lifetime.tokens.used === tokens)]),
    check('concurrent places held at the end', held, 0, held === 0),
  ]
}

/** Every answer is one of the provider's or a refusal for capacity. @param {Run} run */
export const noneLost = ({ outcomes, world }) => {
  const counts = new Map()
  for (const { status, code } of outcomes) {
    const kind = code ? `${status} ${code}` : String(status)
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  const ok = outcomes.every(({ status }) => status === 200 || status === 429)
  const alive = world.replicas.filter((replica) => replica.alive()).length
  return [
    check('answers', [...counts].map(([kind, count]) => `${count} × ${kind}`).join(', '), '200 and 429', ok),
    check('replicas alive at the end', alive, world.replicas.length, alive === world.replicas.length),
  ]
}

/**
 * The provider never sees more at the same time. One whose client has left, or whose replica was killed, has ended then:
 * the provider hears of it a moment later.
 * @param {Run} run
 */
export const concurrency = ({ notes, outcomes, scenario }) => {
  const limit = scenario.connection.maxConcurrent
  const left = new Map(outcomes.flatMap(({ id, status, endedAtMs }) => (status === 0 ? [[id, endedAtMs]] : [])))
  const changes = notes.flatMap(({ id, atMs, answeredAtMs }) => {
    const endedAtMs = Math.max(atMs, Math.min(answeredAtMs, left.get(id) ?? answeredAtMs))
    return [
      { atMs, by: 1 },
      { atMs: endedAtMs, by: -1 },
    ]
  })
  let [underWay, most] = [0, 0]
  for (const { by } of changes.sort((a, b) => a.atMs - b.atMs || a.by - b.by)) {
    underWay += by
    most = Math.max(most, underWay)
  }
  return [check('most under way at the same time', most, limit, most <= limit)]
}

const LEASE_MS = 30_000
/** The survivors' callers come back after at most two seconds, and a lease is renewed some time before it ends. */
const SLACK_MS = 4_000

/** The places of a replica that was killed are used by the others again. @param {Run} run */
export const leasesReturn = ({ notes, events, scenario }) => {
  const limit = scenario.connection.maxConcurrent
  const killedMs = events.get('killed')
  const before = notes.filter(({ atMs }) => atMs < killedMs).at(-1)?.underWay ?? 0
  // For what is left of the killed one's to have gone.
  const full = notes.find(({ atMs, underWay }) => atMs > killedMs + 1_000 && underWay === limit)
  const tookMs = full ? full.atMs - killedMs : Number.POSITIVE_INFINITY
  return [
    check('places used when a replica is killed', before, limit, before >= limit - 2),
    check(
      'until all places are used again',
      seconds(tookMs),
      seconds(LEASE_MS + SLACK_MS),
      tookMs <= LEASE_MS + SLACK_MS,
    ),
  ]
}

/** What passes the limit of tokens is the error of the estimates and nothing else. @param {Run} run */
export const withinEstimates = (run) => {
  const limit = limitOf(run, 'tokens')
  const { most, endMs } = mostInSpan(arrivals(run, 'tokens'), MINUTE_MS - run.delayMs)
  const error = estimateError(run, endMs)
  const excess = Math.max(0, most - limit)
  const name = `tokens above the limit in any minute (${percent(excess / limit)}), of the estimates' errors`
  return [check(name, excess, Math.round(error), excess <= error)]
}

/** The product's own figures of its estimates are those of all answers that the provider gave. @param {Run} run */
export const estimatesReported = async ({ notes, world }) => {
  const sum = notes.reduce((total, { tokens }) => total + tokens, 0)
  const answers = notes.filter(({ status }) => status === 200).length
  let told = await world.estimates()
  // Replicas tell each other what they have learned a moment later.
  for (let attempt = 0; attempt < 20 && told?.reportedTokens !== sum; attempt++) {
    await setTimeout(250)
    told = await world.estimates()
  }
  const { answers: counted = 0, reportedTokens = 0, reservedTokens = 0 } = told ?? {}
  const error = percent(reportedTokens / reservedTokens - 1)
  return [
    check('answers whose estimates were compared', counted, answers, counted === answers),
    check(`tokens reported of them (${error} against those reserved)`, reportedTokens, sum, reportedTokens === sum),
  ]
}

/**
 * What passes the limit is what those replicas admit that are cut off from Redis, each its share of the limit, and what
 * a Redis that comes back empty has forgotten.
 * @param {Run} run
 */
export const withinShares = (run) => {
  const { replicas, cutOff = replicas, empties } = run.scenario
  const limit = limitOf(run, 'requests')
  const all = arrivals(run, 'requests')
  const goneMs = run.events.get('gone')
  const lost = empties ? all.filter(({ atMs }) => atMs > goneMs - MINUTE_MS && atMs <= goneMs).length : 0
  const { most } = mostInSpan(all, MINUTE_MS - run.delayMs)
  const allowed = limit + Math.floor((cutOff * limit) / replicas) + lost
  const name = `most requests in any minute, limit ${limit}, ${cutOff} of ${replicas} replicas cut off`
  return [check(name, most, lost > 0 ? `${allowed} (${lost} lost)` : allowed, most <= allowed)]
}

/**
 * What those answers used beyond what was expected of them that were under way, or not yet settled, when the last of the
 * minute was admitted: all others had been corrected by then.
 */
function estimateError({ notes, expected }, endMs) {
  const errorAt = (sinceMs) =>
    notes
      .filter(({ atMs, answeredAtMs }) => atMs <= endMs && answeredAtMs > sinceMs)
      .reduce((sum, { id, tokens }) => sum + tokens - (expected.get(id) ?? tokens), 0)
  // A settlement takes a moment to arrive, and an admission to reach the provider.
  const moments = Array.from({ length: 21 }, (_, index) => endMs - index * 25)
  return Math.max(0, ...moments.map(errorAt))
}

/** Requests are admitted while Redis is away. @param {Run} run */
export const wentOn = ({ notes, outcomes, events }) => {
  const [goneMs, backMs] = [events.get('gone'), events.get('back')]
  const untilMs = Math.max(backMs, goneMs + 3_000)
  const admitted = notes.filter(({ atMs }) => atMs > goneMs && atMs <= untilMs).length
  const told = new Map(notes.map(({ id, atMs }) => [id, atMs]))
  const delays = outcomes.flatMap(({ id, sentAtMs }) => {
    const atMs = told.get(id)
    return atMs !== undefined && sentAtMs > goneMs && sentAtMs <= untilMs ? [atMs - sentAtMs] : []
  })
  const longestMs = Math.max(0, ...delays)
  return [
    check(`admitted in the ${seconds(untilMs - goneMs)} after Redis went`, admitted, '> 0', admitted > 0),
    check('longest from client to provider meanwhile', seconds(longestMs), seconds(2_000), longestMs <= 2_000),
  ]
}

/** Once a whole minute has passed since Redis is back, the limit is exact again. @param {Run} run */
export const backToOne = (run) => {
  const limit = limitOf(run, 'requests')
  const sinceMs = run.events.get('back') + MINUTE_MS + 2_000
  const later = arrivals(run, 'requests').filter(({ atMs }) => atMs > sinceMs)
  const { most } = mostInSpan(later, MINUTE_MS - run.delayMs)
  return [check('most requests in any minute, a minute after Redis is back', most, limit, most <= limit && most > 0)]
}

/** One client comes back when the refusal says, and half a second before. @param {Run} run */
export const rightHint = async ({ world, scenario, random }) => {
  const pool = new Pool(world.replicas[0].url)
  let count = 0
  const next = () => ask(pool, world.apiKey, { id: `hint-${count++}`, ...scenario.request(random) })
  let outcome = await next()
  while (outcome.status === 200) {
    await setTimeout(200)
    outcome = await next()
  }
  const { retryAfterMs, endedAtMs } = outcome
  await setTimeout(retryAfterMs - SUB_WINDOW_MS - 50)
  const early = await next()
  await setTimeout(Math.max(0, endedAtMs + retryAfterMs - early.endedAtMs))
  const right = await next()
  await pool.close()
  return [
    check(
      `retried ${SUB_WINDOW_MS} ms before the ${seconds(retryAfterMs)} of the refusal`,
      early.status,
      429,
      early.status === 429,
    ),
    check('retried when it said', right.status, 200, right.status === 200),
  ]
}

const SUB_WINDOW_MS = 500

const limitOf = ({ scenario }, measure) => scenario.connection.capacity[0][measure]

const arrivals = ({ notes }, measure) =>
  notes.map(({ atMs, tokens }) => ({ atMs, amount: measure === 'requests' ? 1 : tokens }))

/** @returns {Check} */
const check = (name, measured, allowed, ok) => ({ name, measured: String(measured), allowed: String(allowed), ok })

const percent = (part) => `${(part * 100).toFixed(1)} %`
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`
