import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { monotonicMs } from './clock.mjs'
import { drive } from './drive.mjs'
import { scenarios } from './scenarios.mjs'
import { startWorld } from './world.mjs'

/**
 * All that is known of a run from the outside.
 *
 * @typedef {object} Run
 * @property {import('./scenarios.mjs').Scenario} scenario
 * @property {import('./world.mjs').World} world
 * @property {'none' | 'single' | 'cluster'} redis
 * @property {number} startedMs monotonic, as all times
 * @property {number} startedAtMs the same moment since the epoch
 * @property {number} endedMs
 * @property {Map<string, number>} events what happened meanwhile, and when
 * @property {import('./drive.mjs').Outcome[]} outcomes
 * @property {any[]} notes of the upstream, in the order of their arrival
 * @property {number} delayMs the longest time from sending a request to its arrival at the upstream: a bound of the time
 *   from its admission to its arrival
 * @property {{ minute: any, lifetime: any, concurrent: any }} counters of the connection, when all was over
 * @property {Map<string, number>} expected tokens that each request was expected to use, by its id
 * @property {() => number} random
 */

/**
 * Runs a scenario and checks it.
 * @param {string} name
 * @param {{ redis?: 'none' | 'single' | 'cluster', replicas?: number, callers?: number, seconds?: number, databaseUrl?: string }} [options]
 * @returns {Promise<{ run: Run, checks: import('./checks.mjs').Check[] }>}
 */
export async function runScenario(name, options = {}) {
  const scenario = { ...scenarios[name], ...options }
  const random = mulberry32(5)
  const world = await startWorld(scenario)
  try {
    const [startedMs, startedAtMs] = [monotonicMs(), Date.now()]
    const events = new Map()
    const at = (part) => setTimeout(Math.max(20, startedMs + part * scenario.seconds * 1000 - monotonicMs()))
    const request = () => scenario.request(random)
    const { outcomes, ended } = drive(world, { callers: scenario.callers, seconds: scenario.seconds, request })
    await Promise.all([ended, scenario.meanwhile?.(world, at, (event) => events.set(event, monotonicMs()))])
    const endedMs = monotonicMs()
    const counters = await drained(world, scenario.redis)
    const notes = await world.notes()
    const expected = await expectations(world)
    const known = {
      scenario,
      world,
      redis: scenario.redis,
      startedMs,
      startedAtMs,
      endedMs,
      events,
      outcomes,
      notes,
      counters,
    }
    const run = { ...known, expected, random, delayMs: longestDelay(outcomes, notes) }
    const checks = []
    for (const check of scenario.checks) checks.push(...(await check(run)))
    return { run, checks }
  } finally {
    await world.stop()
  }
}

/** The counters once nothing is under way and all that was settled has arrived, or what they are after a while. */
async function drained(world, redis) {
  for (let attempt = 0; ; attempt++) {
    const [counters, notes] = [await countersOf(world, redis), await world.notes()]
    const arrived = notes.reduce((sum, { tokens }) => sum + tokens, 0)
    const { lifetime, concurrent } = counters
    const equal = lifetime.requests.used === notes.length && lifetime.tokens.used === arrived
    if (attempt === 20 || (equal && (concurrent?.requests.used ?? 0) === 0)) return counters
    await setTimeout(250)
  }
}

/** Without Redis each replica counts for itself. */
async function countersOf({ replicas, limits }, redis) {
  const alive = replicas.flatMap((replica, index) => (replica.alive() ? [index] : []))
  const asked = await Promise.all((redis === 'none' ? alive : alive.slice(0, 1)).map(limits))
  const sumOf = (period) => {
    const same = asked.flatMap((all) => all.filter((limit) => limit.period === period))
    const sum = (measure) => same.reduce((total, limit) => total + (limit[measure]?.used ?? 0), 0)
    return same.length === 0 ? undefined : { requests: { used: sum('requests') }, tokens: { used: sum('tokens') } }
  }
  return { minute: sumOf('minute'), lifetime: sumOf('lifetime'), concurrent: sumOf('concurrent') }
}

/** As the audit has them. */
async function expectations({ databaseUrl }) {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query(
      `select correlation_id as id, record -> 'estimate' as estimate from audit_exchange where status = 200`,
    )
    return new Map(rows.map(({ id, estimate }) => [id, estimate ? estimate.input + estimate.output : 0]))
  } finally {
    await client.end()
  }
}

function longestDelay(outcomes, notes) {
  const sent = new Map(outcomes.map(({ id, sentAtMs }) => [id, sentAtMs]))
  return notes.reduce((most, { id, atMs }) => Math.max(most, atMs - (sent.get(id) ?? atMs)), 0)
}

/** A small generator of numbers in [0, 1), the same each time. */
function mulberry32(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
