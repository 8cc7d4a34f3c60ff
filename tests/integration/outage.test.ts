import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type DemoServer, generateApiKey, startDemoServer } from '@vm-x/gateway'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startPostgres } from '../../scripts/services.mjs'
import { startProduct, temporaryDirectory } from '../start-product.ts'
import { ask, keepAsking } from './load.ts'
import { readiness, shipped } from './readiness.ts'
import { readRows, repeated } from './records.ts'
import { vmx } from './vmx-command.ts'

const OUTAGE_MS = 30_000
const CONCURRENCY = 20

const apiKey = generateApiKey().value
let upstream: DemoServer
let postgres: Awaited<ReturnType<typeof startPostgres>>

beforeAll(async () => {
  upstream = await startDemoServer()
  postgres = await startPostgres({ own: true })
})

afterAll(async () => {
  await postgres?.stop()
  await upstream?.close()
})

it('answers every request while PostgreSQL is away for 30 seconds, and has each of them in audit and usage once afterwards', async () => {
  const configFile = join(temporaryDirectory(), 'config.yaml')
  writeFileSync(configFile, config(upstream.url))
  const env = {
    DATABASE_URL: postgres.url,
    UPSTREAM_ALLOW: new URL(upstream.url).host,
    VMX_CONFIG: configFile,
    VMX_TEST_KEY: apiKey,
  }
  expect(await vmx(['migrate'], env)).toMatchObject({ code: 0 })
  const product = await startProduct({ env })
  const endpoint = { url: product.url, apiKey }
  expect(await ask(endpoint, { marker: 'before', model: 'demo', stream: false })).toMatchObject({ status: 200 })

  let count = 0
  const next = () => ({
    marker: `load-${++count}`,
    model: count % 4 === 0 ? 'demo-stream' : 'demo',
    stream: count % 4 === 0,
  })
  const load = keepAsking(endpoint, CONCURRENCY, next)
  await postgres.kill()
  await wait(OUTAGE_MS / 2)
  const stranger = { url: product.url, apiKey: generateApiKey().value }
  const refused = await ask(stranger, { marker: 'stranger', model: 'demo', stream: false })
  expect(refused).toMatchObject({ status: 503, complete: true })
  expect(JSON.parse(refused.text)).toMatchObject({ error: { code: 'unavailable' } })
  await wait(OUTAGE_MS / 2)
  expect(await readiness(product.url)).toMatchObject({ status: 200, body: { status: 'ok' } })
  expect((await readiness(product.url)).body.journal.depth).toBeGreaterThan(CONCURRENCY)
  await postgres.start()
  const answers = await load.stop()
  expect(answers.filter(({ status, complete }) => status !== 200 || !complete)).toEqual([])
  await shipped(product.url)

  const { audit, usage } = await readRows(postgres.url)
  const ids = [...answers.map(({ id }) => id)].sort()
  const loadRows = audit.filter(({ marker }) => marker?.startsWith('load-'))
  expect(repeated(usage.map(({ id }) => id))).toEqual([])
  expect(loadRows.map(({ id }) => id).sort()).toEqual(ids)
  expect(loadRows.filter(({ outcome }) => outcome !== 'ok')).toEqual([])
  const counted = new Set(usage.map(({ id }) => id))
  expect(ids.filter((id) => !counted.has(String(id)))).toEqual([])
  expect(audit.filter(({ id }) => id === refused.id)).toMatchObject([{ outcome: 'unavailable', status: 503 }])
  expect(await product.stop()).toMatchObject({ code: 0 })
})

const config = (baseUrl: string) => `
workspaces:
  - name: test
    environments:
      - name: test
        connections:
          - { name: upstream, provider: openai-compatible, baseUrl: '${baseUrl}' }
        resources:
          - { name: demo, model: { connection: upstream, model: demo+delay=100 } }
          - { name: demo-stream, model: { connection: upstream, model: demo+chunks=10+interval=20 } }
        apiKeys:
          - { name: test, value: '\${VMX_TEST_KEY}' }
`
