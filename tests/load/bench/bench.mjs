import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { startRedis } from '../../../scripts/redis-services.mjs'
import { startPostgres } from '../../../scripts/services.mjs'
import { interleaved, latency, memory, saturation, streaming } from './measures.mjs'
import { cores } from './processes.mjs'
import { contestants, portOf } from './products.mjs'
import { table } from './table.mjs'
import { startUpstream } from './upstream.mjs'

const HELP = `npm run bench -- [--quick] [--out <file>]

Measures what a request costs beside a bare passthrough, both in one run, and prints tables. Linux only.
`

const FULL = {
  rounds: 5,
  saturation: [
    // Short enough that PostgreSQL, beside the load on its core, keeps up with the records.
    { kilobytes: 2, count: 4_000, rounds: 31 },
    { kilobytes: 20, count: 2_000, rounds: 11 },
    { kilobytes: 200, count: 400, rounds: 11 },
  ],
  latency: { perSecond: 200, seconds: 4 },
  streaming: { count: 100, chunks: 200, rounds: 11 },
  memory: { count: 1_000 },
  // Until the compiler has nothing left to do: some 40,000 requests.
  warmUp: 50_000,
}

const QUICK = {
  rounds: 1,
  saturation: [
    { kilobytes: 2, count: 5_000, rounds: 2 },
    { kilobytes: 20, count: 1_500, rounds: 1 },
    { kilobytes: 200, count: 200, rounds: 1 },
  ],
  latency: { perSecond: 200, seconds: 1 },
  streaming: { count: 40, chunks: 200, rounds: 1 },
  memory: { count: 300 },
  warmUp: 2_000,
}

const CHUNK_INTERVAL_MS = 2

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
})
if (values.help) process.stdout.write(HELP)
else if (process.platform !== 'linux') throw new Error('The benchmark reads CPU time from /proc: it needs Linux')
else await run(values.quick ? QUICK : FULL)

async function run(plan) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))
  const pinned = cores()
  step('Starting PostgreSQL, Redis and the upstream')
  const postgres = await startPostgres({ own: true })
  const redis = await startRedis({ own: true })
  const upstream = await startUpstream({ chunks: plan.streaming.chunks, intervalMs: CHUNK_INTERVAL_MS })
  const all = contestants({
    upstream,
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    core: pinned?.measured,
  })
  const text = report(plan, pinned, await measureAll(plan, all, upstream))
  process.stdout.write(text)
  if (values.out !== undefined) writeFileSync(values.out, text)
  upstream.stop()
  await redis.stop()
  await postgres.stop()
  process.exit(0)
}

async function measureAll(plan, all, upstream) {
  step('Memory of open streams, each in a fresh process')
  const memories = []
  for (const { start } of all) {
    const target = await start()
    memories.push(await memory(target, plan.memory))
    await target.stop()
  }
  const targets = []
  for (const { start } of all) targets.push(await start())
  step('Warming up')
  for (const target of targets) await saturation(target, { kilobytes: 2, count: plan.warmUp })
  const saturations = []
  for (const { kilobytes, count, rounds } of plan.saturation) {
    step(`Requests of ${kilobytes} KB, as many as possible`)
    saturations.push(await interleaved(targets, rounds, (target) => saturation(target, { kilobytes, count })))
  }
  step('Latency at a fixed rate')
  const direct = { port: portOf(upstream), apiKey: 'none' }
  const latencies = await interleaved([direct, ...targets], plan.rounds, (target) => latency(target, plan.latency))
  step('Streams')
  const streams = await interleaved(targets, plan.streaming.rounds, (target) => streaming(target, plan.streaming))
  for (const target of targets) await target.stop()
  return { names: all.map(({ name }) => name), memories, saturations, latencies, streams }
}

function report(plan, pinned, { names, memories, saturations, latencies, streams }) {
  const rows = (figures, cells) => figures.map((each, index) => [names[index], ...cells(each, figures[0])])
  const bodies = plan.saturation.flatMap(({ kilobytes }, index) =>
    rows(saturations[index], (each, base) => [
      `${kilobytes} KB`,
      each.cpuMicros.toFixed(0),
      each.cpuOfBase.toFixed(2),
      each.perSecond.toFixed(0),
      (each.perSecond / base.perSecond).toFixed(2),
    ]),
  )
  const [direct, ...through] = latencies
  const { perSecond } = plan.latency
  return [
    `# Benchmark of ${new Date().toISOString()}`,
    `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores. ${pinning(pinned)}`,
    `## Saturation, answers of 1.2 KB, 32 connections (${rounds(plan.saturation.map((each) => each.rounds))})`,
    table(
      ['', 'body', 'CPU µs a request', 'requests per CPU second ÷ passthrough', 'requests per second', '÷ passthrough'],
      bodies,
    ),
    `## Latency at ${perSecond} requests per second, 2 KB (${rounds([plan.rounds])})`,
    table(
      ['', 'p50 ms', 'p95 ms', 'p50 above passthrough', 'p95 above passthrough'],
      [
        ['upstream, asked directly', ms(direct.p50Ms), ms(direct.p95Ms), '', ''],
        ...rows(through, (each, base) => [
          ms(each.p50Ms),
          ms(each.p95Ms),
          ms(each.p50Ms - base.p50Ms),
          ms(each.p95Ms - base.p95Ms),
        ]),
      ],
    ),
    `## Streams of ${plan.streaming.chunks} chunks, one each ${CHUNK_INTERVAL_MS} ms, 20 at a time (${rounds([plan.streaming.rounds])})`,
    table(
      ['', 'CPU µs a chunk', '÷ passthrough', 'first chunk, all 20 at once, p50 ms', 'above passthrough'],
      rows(streams, (each, base) => [
        each.cpuMicros.toFixed(1),
        (1 / each.cpuOfBase).toFixed(2),
        ms(each.firstByteMs),
        ms(each.firstByteMs - base.firstByteMs),
      ]),
    ),
    `## Memory, ${plan.memory.count} streams opened and kept, on top of as many (one measurement each)`,
    table(
      ['', 'KB a stream'],
      rows(memories, (each) => [each.kilobytes.toFixed(0)]),
    ),
    '',
  ].join('\n\n')
}

function rounds(counts) {
  return `median of ${counts.join(', ')} interleaved round${counts.every((count) => count === 1) ? '' : 's'}`
}

function ms(value) {
  return value.toFixed(2)
}

function pinning(pinned) {
  if (!pinned) return 'Nothing is pinned: the figures of what is measured and of its load mix.'
  return `What is measured is pinned to core ${pinned.measured}; load, upstream and PostgreSQL to core ${pinned.others}.`
}

function step(text) {
  process.stderr.write(`• ${text} …\n`)
}
