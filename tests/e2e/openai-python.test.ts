import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { generateApiKey } from '@vm-x/gateway'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { IMAGE_URL } from './aimock-upstream.ts'
import { auditRecord, auditRecords } from './audit-records.ts'
import { pythonEnvironment } from './python-environment.ts'
import { dataFiles, findSecrets, vaultKeys } from './secret-search.ts'
import { type AimockWorld, aimockWorld, demoWorld, type World } from './worlds.ts'

const CASES = [
  'chat',
  'stream',
  'tools',
  'tools_stream',
  'json_schema',
  'image',
  'embeddings',
  'models',
  'abort',
  'cut_stream',
  'fallback',
  'bad_key',
  'unknown_model',
  'concurrent_streams',
]
const PROMPT = 'Hi there'
const badKey = generateApiKey().value
const folder = fileURLToPath(new URL('openai_python/', import.meta.url))

let python: string
let demo: World
let aimock: AimockWorld
beforeAll(async () => {
  python = await pythonEnvironment(`${folder}requirements.txt`)
  ;[demo, aimock] = await Promise.all([demoWorld(), aimockWorld()])
}, 600_000)
afterAll(() => aimock?.stopUpstreams())

const worlds = { demo: () => demo, aimock: () => aimock }

describe.each([
  ['demo', '/v1'],
  ['demo', '/api/v1'],
  ['aimock', '/v1'],
  ['aimock', '/api/v1'],
] as const)("Python's openai package on %s at %s", (name, prefix) => {
  let results: Map<string, CaseResult>
  beforeAll(async () => {
    results = await check(worlds[name](), prefix)
  })

  for (const kind of ['sync', 'async']) {
    test.each(CASES)(`${kind} %s`, (each) => {
      expect(results.get(`${kind} ${each}`) ?? 'the case did not run').toMatchObject({ ok: true })
    })

    test(`${kind} abort is recorded as closed by the client`, async () => {
      const { product } = worlds[name]()
      const id = z.string().parse(results.get(`${kind} abort`)?.detail)
      await vi.waitFor(
        async () => expect(await auditRecord(product, id)).toMatchObject({ outcome: 'client_closed' }),
        WAIT,
      )
    })
  }
})

test('no secret is in any output, audit record or file of the data directory', async () => {
  for (const world of [demo, aimock]) {
    const { product } = world
    const { 'first API key': shown, ...others } = { 'first API key': '', ...world.secrets }
    const { records, output } = await auditRecords(product, 1000)
    expect(records.length).toBeGreaterThan(STREAMS)
    await product.stop()
    const secrets = { ...others, 'unknown API key': badKey, ...vaultKeys(product.dataDir) }
    const places = { 'standard error': product.stderr(), audit: output, ...dataFiles(product.dataDir) }
    expect(findSecrets(secrets, { ...places, 'standard output': product.stdout() })).toEqual([])
    if (shown !== '') expect(findSecrets({ 'first API key': shown }, places)).toEqual([])
  }
})

/** Two prefixes, two clients. */
const STREAMS = 800
const WAIT = { timeout: 30_000, interval: 200 }

const caseResult = z.object({ name: z.string(), ok: z.boolean(), detail: z.string().nullable() })
type CaseResult = z.infer<typeof caseResult>

async function check(world: World, prefix: string): Promise<Map<string, CaseResult>> {
  const usage = world.usage(PROMPT)
  const expected = {
    model: world.model,
    slow_model: world.slowModel,
    cut_model: world.cutModel,
    fallback_model: world.fallbackModel,
    models: world.models,
    text: world.text(PROMPT),
    usage: [usage.prompt_tokens, usage.completion_tokens],
    image_url: IMAGE_URL,
    image_text: world.imageText,
    embedding_length: world.embeddingLength,
    bad_key: badKey,
  }
  const child = spawn(python, [`${folder}check.py`], {
    env: {
      PATH: process.env.PATH,
      VMX_BASE_URL: world.product.url + prefix,
      VMX_API_KEY: world.apiKey,
      VMX_EXPECTED: JSON.stringify(expected),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (code !== 0) throw new Error(`check.py ended with code ${code}:\n${stdout}${stderr}`)
  const lines = stdout.split('\n').filter((line) => line !== '')
  const results = lines.map((line) => caseResult.parse(JSON.parse(line)))
  return new Map(results.map((result) => [result.name, result]))
}
