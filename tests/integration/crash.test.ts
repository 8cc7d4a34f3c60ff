import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type DemoServer, generateApiKey, startDemoServer } from '@vm-x/gateway'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningProduct, startProduct, temporaryDirectory } from '../start-product.ts'
import { type Answer, type Asked, keepAsking } from './load.ts'
import { createPostgresDatabase } from './postgres-database.ts'
import { shipped } from './readiness.ts'
import { type Rows, readRows, repeated } from './records.ts'
import { vmx } from './vmx-command.ts'

const ROUNDS = 5
const CONCURRENCY = 50

const apiKey = generateApiKey().value
let upstream: DemoServer

beforeAll(async () => {
  upstream = await startDemoServer({ keepBodies: true })
})

afterAll(async () => await upstream.close())

const databases = [
  { kind: 'PGlite', create: async () => ({ url: undefined, drop: async () => {} }) },
  { kind: 'PostgreSQL', create: createPostgresDatabase },
]

describe.each(databases)('on $kind', ({ create }) => {
  it(`keeps exactly one record of each answer that arrived, and one of each request that reached a provider, when it is killed ${ROUNDS} times under load`, {
    timeout: 120_000,
  }, async () => {
    const seed = randomInt(2 ** 31)
    const random = randomFrom(seed)
    const database = await create()
    const directory = temporaryDirectory()
    const dataDir = join(directory, 'data')
    const configFile = join(directory, 'config.yaml')
    writeFileSync(configFile, config(upstream.url))
    const env = {
      ...(database.url !== undefined && { DATABASE_URL: database.url }),
      UPSTREAM_ALLOW: new URL(upstream.url).host,
      VMX_CONFIG: configFile,
      VMX_TEST_KEY: apiKey,
    }
    try {
      if (database.url !== undefined) expect(await vmx(['migrate'], env)).toMatchObject({ code: 0 })
      const answers: Answer[] = []
      let product = await startProduct({ env, dataDir })
      for (let round = 1; round <= ROUNDS; round++) {
        const load = keepAsking({ url: product.url, apiKey }, CONCURRENCY, requests(`${seed}-${round}`, random))
        const aliveMs = 200 + random() * 1300
        await wait(aliveMs)
        await product.kill()
        answers.push(...(await load.stop()))
        product = await startProduct({ env, dataDir })
        await shipped(product.url)
        const rows = await rowsOf(product, database.url)
        check(rows, answers, `seed ${seed}, round ${round}, killed after ${Math.round(aliveMs)} ms`)
        if (database.url === undefined) product = await startProduct({ env, dataDir })
      }
      expect(answers.filter(({ complete }) => complete).length).toBeGreaterThan(CONCURRENCY)
      expect(answers.filter(({ complete }) => !complete).length).toBeGreaterThan(0)
      expect(await product.stop()).toMatchObject({ code: 0 })
    } finally {
      await database.drop()
    }
  })
})

/** The embedded database has room for one: its product is stopped first. */
async function rowsOf(product: RunningProduct, url: string | undefined): Promise<Rows> {
  if (url !== undefined) return await readRows(url)
  expect(await product.stop()).toMatchObject({ code: 0 })
  return await readRows(`pglite:${join(product.dataDir, 'db')}`)
}

function check({ audit, usage }: Rows, answers: readonly Answer[], when: string): void {
  const complete = answers.filter((answer) => answer.complete)
  const audited = new Map(audit.map((row) => [row.id, row]))
  const counted = new Map(usage.map((row) => [row.id, row]))
  expect(
    complete.filter(({ status }) => status !== 200),
    `refused; ${when}`,
  ).toEqual([])
  expect(repeated(audit.map(({ id }) => id)), `twice in the audit; ${when}`).toEqual([])
  expect(repeated(audit.map(({ marker }) => String(marker))), `two records of a request; ${when}`).toEqual([])
  expect(repeated(usage.map(({ id }) => id)), `twice in the usage; ${when}`).toEqual([])
  expect(
    complete.filter(({ id }) => audited.get(String(id))?.outcome !== 'ok'),
    `answered, not in the audit; ${when}`,
  ).toEqual([])
  expect(
    complete.filter(({ id }) => counted.get(String(id))?.outcome !== 'ok'),
    `answered, not in the usage; ${when}`,
  ).toEqual([])
  const markers = new Set(audit.map(({ marker }) => marker))
  expect(
    receivedMarkers(when).filter((marker) => !markers.has(marker)),
    `reached the provider, not in the audit; ${when}`,
  ).toEqual([])
}

/** Of this run's requests whose body reached the provider. */
function receivedMarkers(when: string): string[] {
  const seed = /seed (\d+)/.exec(when)?.[1]
  return upstream.requests.entries.flatMap(({ body }) => {
    const marker: unknown = body && JSON.parse(body.toString()).messages[0].content
    return typeof marker === 'string' && marker.startsWith(`${seed}-`) ? [marker] : []
  })
}

/** JSON and streams in turn, fast and slow ones. */
function requests(name: string, random: () => number): () => Asked {
  let count = 0
  return () => {
    count++
    const stream = count % 2 === 0
    const model = stream ? 'upstream/demo+chunks=20+interval=10' : `upstream/demo+delay=${Math.floor(random() * 150)}`
    return { marker: `${name}-${count}`, model, stream }
  }
}

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const config = (baseUrl: string) => `
workspaces:
  - name: test
    environments:
      - name: test
        connections:
          - { name: upstream, provider: openai-compatible, baseUrl: '${baseUrl}' }
        apiKeys:
          - { name: test, value: '\${VMX_TEST_KEY}', connections: [upstream] }
`
