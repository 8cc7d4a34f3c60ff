import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type DemoServer, generateApiKey, startDemoServer } from '@vm-x/gateway'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, keepAsking } from '../integration/load.ts'
import { type RunningProduct, startProduct, temporaryDirectory } from '../start-product.ts'
import { auditRecords } from './audit-records.ts'
import { FLIPPING_TEXT, type FlippingArrival, type Outage, startFlippingUpstream } from './flipping-upstream.ts'

/** How long the target is down; a minute and more shows later probes, too. */
const DOWN_MS = Number(process.env['FLIPPING_DOWN_MS'] ?? 12_000)
/** Requests under way at each resource at the same time. */
const CONCURRENCY = 3
/** A circuit opens after so many failures in a row. */
const FAILURES = 5
/** No two probes are closer together. */
const SHORTEST_COOL_DOWN_MS = 4_000
/** A target that has recovered is used again within this. */
const USED_AGAIN_MS = 30_000

const OUTAGES = ['answers 503', 'resets connections', 'says nothing'] as const

type Flip = {
  readonly answers: readonly Answer[]
  /** What reached the upstream while it was down, and after it had recovered. */
  readonly down: readonly FlippingArrival[]
  readonly recovered: readonly FlippingArrival[]
  readonly recoveredAtMs: number
}

let product: RunningProduct
let fallback: DemoServer
const flips = new Map<Outage, Flip>()
const apiKey = generateApiKey().value

beforeAll(async () => {
  fallback = await startDemoServer()
  const upstreams = await Promise.all(OUTAGES.map(startFlippingUpstream))
  const file = join(temporaryDirectory(), 'vmx.yaml')
  writeFileSync(file, JSON.stringify(configuration(upstreams.map(({ url }) => url))))
  const allow = [fallback, ...upstreams].map(({ url }) => new URL(url).host).join(',')
  product = await startProduct({ env: { VMX_CONFIG: file, UPSTREAM_ALLOW: allow } })
  await Promise.all(
    OUTAGES.map(async (outage, index) => {
      const upstream = upstreams[index]
      if (!upstream) return
      let count = 0
      const load = keepAsking({ url: product.url, apiKey }, CONCURRENCY, () => ({
        marker: `${outage} ${++count}`,
        model: resourceOf(index),
        stream: false,
      }))
      await upstream.arrived(10)
      upstream.setDown(true)
      await wait(DOWN_MS)
      const downUntil = upstream.arrivals.length
      upstream.setDown(false)
      const recoveredAtMs = performance.now()
      await upstream.arrived(20)
      const answers = await load.stop()
      const down = upstream.arrivals.filter((arrival) => arrival.down)
      flips.set(outage, { answers, down, recovered: upstream.arrivals.slice(downUntil), recoveredAtMs })
    }),
  )
  await Promise.all(upstreams.map((upstream) => upstream.close()))
}, DOWN_MS + 180_000)
afterAll(() => fallback?.close())

describe.each(OUTAGES)('a target that %s for a while, under load', (outage) => {
  test('costs no request: all of them are answered, by the fallback while it is down', () => {
    const { answers } = flipOf(outage)
    expect(answers.filter(({ status, complete }) => status !== 200 || !complete)).toEqual([])
    const byTarget = answers.filter(({ text }) => text.includes(FLIPPING_TEXT)).length
    expect(byTarget).toBeGreaterThanOrEqual(20)
    expect(answers.length - byTarget).toBeGreaterThan(CONCURRENCY)
  })

  test('is reached by single probes only, once its circuit is open', () => {
    const [opening = [], ...probes] = grouped(flipOf(outage).down)
    expect(opening.length).toBeGreaterThanOrEqual(FAILURES)
    // What was under way when the circuit opened has arrived, too.
    expect(opening.length).toBeLessThanOrEqual(FAILURES + CONCURRENCY)
    expect(probes.length).toBeGreaterThan(0)
    expect(probes.map((group) => group.length)).toEqual(probes.map(() => 1))
  })

  test('is used again within 30 seconds of recovering', () => {
    const { recovered, recoveredAtMs, answers, down } = flipOf(outage)
    const after = recovered.map(({ atMs }) => Math.round(atMs - recoveredAtMs))
    const start = down[0]?.atMs ?? 0
    console.log(
      `${outage}: ${answers.length} requests, all answered; while down for ${DOWN_MS} ms ${down.length} reached it, at ${down.map(({ atMs }) => Math.round(atMs - start)).join(', ')} ms; used again ${after[0]} ms after recovering, 20 requests later at ${after[19]} ms`,
    )
    expect(after[19]).toBeLessThan(USED_AGAIN_MS)
  })
})

test('every request of the load is recorded once, and each probe is told from what was passed over', async () => {
  const { records } = await auditRecords(product, 1000)
  const asked = [...flips.values()].flatMap(({ answers }) => answers.map(({ id }) => id))
  expect(new Set(records.map(({ id }) => id)).size).toBe(records.length)
  expect(records.map(({ id }) => id).toSorted()).toEqual(asked.toSorted())
  const attempts = records.flatMap(({ decision }) => decision.attempts)
  expect(attempts.filter(({ outcome, sent }) => outcome === 'circuit_open' && sent)).toEqual([])
  expect(attempts.some(({ outcome }) => outcome === 'circuit_open')).toBe(true)
  const probes = attempts.filter(({ probe }) => probe === true)
  const failed = [...flips.values()].reduce((count, { down }) => count + grouped(down).length - 1, 0)
  // One more for each target: the one that closed the circuit.
  expect(probes.filter(({ outcome }) => outcome === 'ok')).toHaveLength(OUTAGES.length)
  expect(probes.filter(({ outcome }) => outcome !== 'ok')).toHaveLength(failed)
})

function flipOf(outage: Outage): Flip {
  const flip = flips.get(outage)
  if (!flip) throw new Error(`${outage} did not run`)
  return flip
}

/** Arrivals that are closer together than probes can be belong together. */
function grouped(arrivals: readonly FlippingArrival[]): FlippingArrival[][] {
  const groups: FlippingArrival[][] = []
  for (const [index, arrival] of arrivals.entries()) {
    const before = arrivals[index - 1]
    if (before && arrival.atMs - before.atMs < SHORTEST_COOL_DOWN_MS / 2) groups.at(-1)?.push(arrival)
    else groups.push([arrival])
  }
  return groups
}

const resourceOf = (index: number) => `flipping-${index}`

function configuration(urls: readonly string[]): object {
  const provider = 'openai-compatible'
  const flipping = urls.map((baseUrl, index) => ({
    name: `target-${index}`,
    provider,
    baseUrl,
    timeouts: { firstByteMs: 1000 },
  }))
  // Its delay bounds the load.
  const next = { connection: 'fallback', model: 'demo+delay=60' }
  const resources = urls.map((_, index) => ({
    name: resourceOf(index),
    model: { connection: `target-${index}`, model: 'flipping' },
    fallback: { models: [next] },
  }))
  const connections = [...flipping, { name: 'fallback', provider, baseUrl: fallback.url }]
  const apiKeys = [{ name: 'load', value: apiKey }]
  return { workspaces: [{ name: 'default', environments: [{ name: 'default', connections, resources, apiKeys }] }] }
}
