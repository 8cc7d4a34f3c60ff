import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { generateApiKey, startDemoServer } from '@vm-x/gateway'
import { expect, it } from 'vitest'
import { type RunningProduct, startProduct, temporaryDirectory } from '../start-product.ts'

const [daily, other] = [generateApiKey().value, generateApiKey().value]

it('still counts after a crash what was used of days and lifetimes, by whom it was, and what the crash cut off', async () => {
  const upstream = await startDemoServer({ keepBodies: true })
  const directory = temporaryDirectory()
  const configFile = join(directory, 'config.yaml')
  writeFileSync(configFile, config(upstream.url))
  const env = {
    UPSTREAM_ALLOW: new URL(upstream.url).host,
    VMX_CONFIG: configFile,
    DAILY_KEY: daily,
    OTHER_KEY: other,
  }
  try {
    let product = await startProduct({ env })
    for (const model of ['up/demo', 'up/demo']) expect(await ask(product, daily, model)).toMatchObject({ status: 200 })
    expect(await ask(product, daily, 'up/demo+status=503'), 'sent, with retries: one request').toMatchObject({
      status: 502,
    })
    expect(await ask(product, other, 'counted/demo')).toMatchObject({ status: 200 })
    expect(await ask(product, other, 'chat', 'ann')).toMatchObject({ status: 200 })
    const asked = upstream.requests.entries.length
    const cutOff = ask(product, daily, 'up/demo+delay=60000').catch(() => 'cut off')
    while (upstream.requests.entries.length === asked) await wait(10)
    await product.kill()
    expect(await cutOff).toBe('cut off')

    product = await startProduct({ env, dataDir: product.dataDir })
    expect(await ask(product, daily, 'up/demo')).toEqual({
      status: 429,
      code: 'capacity_exceeded',
      message: expect.stringMatching(/^The limit of 4 requests per day of this API key is reached: 4 are used\./),
    })
    expect(await ask(product, other, 'counted/demo')).toMatchObject({ status: 429, code: 'target_busy' })
    expect(await ask(product, other, 'chat', 'ann')).toMatchObject({ status: 429, code: 'capacity_exceeded' })
    expect(await ask(product, other, 'chat', 'bob')).toMatchObject({ status: 200 })
    expect(await product.stop()).toMatchObject({ code: 0 })
  } finally {
    await upstream.close()
  }
})

async function ask({ url }: RunningProduct, apiKey: string, model: string, user?: string) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, user, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  const { error }: { error?: { code: string; message: string } } = JSON.parse(await response.text())
  return { status: response.status, ...(error && { code: error.code, message: error.message }) }
}

/** Where it is past noon now: no day ends while the test runs. */
function zoneAtNoon(): string {
  const noon = Intl.supportedValuesOf('timeZone').find(
    (timeZone) => new Date().toLocaleString('en', { timeZone, hour: 'numeric', hourCycle: 'h23' }) === '12',
  )
  if (noon === undefined) throw new Error('It is noon nowhere')
  return noon
}

const config = (baseUrl: string) => `
workspaces:
  - name: test
    timeZone: ${zoneAtNoon()}
    environments:
      - name: test
        connections:
          - { name: up, provider: openai-compatible, baseUrl: '${baseUrl}' }
          - name: counted
            provider: openai-compatible
            baseUrl: '${baseUrl}'
            capacity: [{ period: lifetime, requests: 1 }]
        resources:
          - name: chat
            model: { connection: up, model: demo }
            capacity: [{ period: lifetime, requests: 1, dimension: user }]
        apiKeys:
          - name: daily
            value: '\${DAILY_KEY}'
            connections: [up]
            capacity: [{ period: day, requests: 4 }]
          - { name: other, value: '\${OTHER_KEY}', connections: [counted] }
`
