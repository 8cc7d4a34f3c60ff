import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { generateApiKey } from '@vm-x/gateway'
import { startNode } from './processes.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

/** @typedef {import('./processes.mjs').Running & { name: string, port: number, apiKey: string, settled: () => Promise<void> }} Measured */

/**
 * What is measured side by side, in this order: the passthrough, the product on PostgreSQL, on PostgreSQL and Redis, and
 * on PGlite. The product has all of its settings as they come: key check, a routing rule, two limits, audit, usage, a journal on disk.
 * @returns {{ name: string, start: () => Promise<Measured> }[]}
 */
export function contestants({ upstream, databaseUrl, redisUrl, core }) {
  const passthrough = {
    name: PASSTHROUGH,
    start: async () => {
      const running = await startNode([here('passthrough.mjs'), upstream.url], { core })
      return { ...running, name: PASSTHROUGH, port: portOf(running), apiKey: 'none', settled: async () => {} }
    },
  }
  const product = (name, servers) => ({ name, start: () => startProduct({ name, ...servers, upstream, core }) })
  return [
    passthrough,
    product('VM-X AI on PostgreSQL', { database: databaseUrl }),
    product('VM-X AI on PostgreSQL and Redis', { database: databaseUrl, redis: redisUrl }),
    product('VM-X AI on PGlite', {}),
  ]
}

export const PASSTHROUGH = 'passthrough'

export const portOf = ({ url }) => Number(new URL(url).port)

const sharedDir = mkdtempSync(join(tmpdir(), 'vmx-bench-key-'))
process.on('exit', () => rmSync(sharedDir, { recursive: true, force: true }))

async function startProduct({ name, database, redis, upstream, core }) {
  const dir = mkdtempSync(join(tmpdir(), 'vmx-bench-'))
  const remove = () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  process.on('exit', remove)
  const apiKey = generateApiKey().value
  const configFile = join(dir, 'config.json')
  writeFileSync(configFile, JSON.stringify(configuration(upstream, apiKey, redis ? 'bench-redis' : 'bench')))
  const env = {
    PORT: '0',
    DATA_DIR: join(dir, 'data'),
    VMX_CONFIG: configFile,
    UPSTREAM_ALLOW: new URL(upstream.url).host,
    ...(redis === undefined ? {} : { REDIS_URL: redis }),
    // The processes that use the server one after the other are one installation.
    ...(database === undefined
      ? {}
      : { DATABASE_URL: database, VAULT_URL: `libsodium:file=${join(sharedDir, 'key')}` }),
  }
  if (database !== undefined)
    execFileSync(process.execPath, [here('../../../apps/api/dist/cli/vmx.js'), 'migrate'], { env })
  const running = await startNode([here('../../../apps/api/dist/main.js')], { core, env })
  const stop = async () => {
    await running.stop()
    remove()
    process.off('exit', remove)
  }
  return { ...running, name, port: portOf(running), apiKey, settled: () => recordsStored(running.url), stop }
}

/** A limit that is counted and never reached. */
const AMPLE = { period: 'minute', requests: 1e9, tokens: 1e12 }
/** A rule that matches, by the estimate of the input. */
const SHORT = { field: 'tokens.input', op: 'lt', value: 1_000_000 }

/** A resource for each thing that the upstream can do: each with a rule, a limit of the key and one of the connection. */
const configuration = (upstream, apiKey, workspace) => ({
  workspaces: [
    {
      name: workspace,
      environments: [
        {
          name: 'bench',
          connections: [
            {
              name: 'upstream',
              provider: 'openai-compatible',
              baseUrl: `${upstream.url}/v1`,
              apiKey: 'bench',
              capacity: [AMPLE],
            },
          ],
          resources: ['json', 'stream', 'hold'].map((model) => ({
            name: model,
            model: { connection: 'upstream', model },
            // biome-ignore lint/suspicious/noThenProperty: the name that people write
            routing: [{ when: SHORT, then: { target: { connection: 'upstream', model } } }],
          })),
          apiKeys: [{ name: 'bench', value: apiKey, capacity: [AMPLE] }],
        },
      ],
    },
  ],
})

/** Every record is in the database: its share of the CPU has been spent. */
async function recordsStored(url) {
  for (let attempt = 0; attempt < 600; attempt++) {
    const { journal } = await (await fetch(`${url}/health/ready`)).json()
    if (journal.depth === 0) return
    await setTimeout(100)
  }
  throw new Error('The product did not store its records within a minute')
}
