import { parseArgs } from 'node:util'
import { table } from './bench/table.mjs'
import { runScenario } from './rig/run.mjs'
import { scenarios } from './rig/scenarios.mjs'

const HELP = `npm run rig -- <scenario> [--redis single|cluster|none] [--replicas 4] [--callers 200] [--seconds 180]

Starts replicas of the product with PostgreSQL and Redis, drives them for that time, and checks what their provider saw
against the limits. Callers are those of each replica. Ends with 1 when a guarantee did not hold.

${Object.entries(scenarios)
  .map(([name, { about }]) => `  ${name.padEnd(22)} ${about}`)
  .join('\n')}
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    redis: { type: 'string' },
    replicas: { type: 'string' },
    callers: { type: 'string' },
    seconds: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
const [name] = positionals
const scenario = scenarios[name]
if (values.help || !scenario) {
  process.stderr.write(HELP)
  process.exit(values.help ? 0 : 2)
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))

const number = (option) => (values[option] === undefined ? scenario[option] : bounded(option, Number(values[option])))
const chosen = {
  redis: values.redis ?? scenario.redis,
  replicas: number('replicas'),
  callers: number('callers'),
  seconds: number('seconds'),
}
const { run, checks } = await runScenario(name, chosen)
const { redis, replicas, callers, seconds } = chosen
process.stdout.write(
  `${[
    `# ${name}: ${scenario.about}`,
    `${replicas} replicas × ${callers} callers, ${seconds} s, Redis: ${redis}. ${run.outcomes.length} requests, ${run.notes.length} arrived, at most ${run.delayMs.toFixed(0)} ms after they were sent.`,
    table(
      ['what must hold', 'measured', 'allowed', ''],
      checks.map(({ name, measured, allowed, ok }) => [name, measured, allowed, ok ? 'ok' : 'FAILED']),
    ),
    ...withoutRedis(run),
  ].join('\n\n')}\n`,
)
process.exit(checks.every(({ ok }) => ok) ? 0 : 1)

/** When a replica counted for itself, and why: what passes a limit may come of that, within what `cut-off` allows. */
function withoutRedis({ world, startedAtMs }) {
  return world.replicas.flatMap((replica, index) =>
    replica
      .output()
      .split('\n')
      .filter((line) => line.includes('Redis does not count limits now'))
      .map((line) => {
        const { time, reason } = JSON.parse(line)
        const seconds = ((new Date(time).getTime() - startedAtMs) / 1000).toFixed(1)
        return `Replica ${index} counted for itself after ${seconds} s: ${reason}`
      }),
  )
}

/** So that no slip of a finger holds up a machine. */
function bounded(option, value) {
  const most = { replicas: 16, callers: 1_000, seconds: 1_800 }[option]
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new Error(`--${option} is a number from 1 to ${most}`)
}
