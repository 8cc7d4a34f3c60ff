import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { LLMock } from '@copilotkit/aimock'
import { presets } from '@vm-x/gateway'
import OpenAI from 'openai'
import { afterAll, expect, test, vi } from 'vitest'
import {
  ProductEnded,
  type RunningProduct,
  type StartOptions,
  startProduct,
  temporaryDirectory,
} from '../start-product.ts'
import { auditRecords } from './audit-records.ts'
import { dataFiles, findSecrets, vaultKeys } from './secret-search.ts'

const messages = [{ role: 'user' as const, content: 'Hello' }]
const client = (product: RunningProduct, apiKey: string | undefined) =>
  new OpenAI({ apiKey: apiKey ?? '', baseURL: `${product.url}/v1`, maxRetries: 0 })

const stops: (() => Promise<unknown>)[] = []
afterAll(() => Promise.all(stops.map((stop) => stop())))

test('a second start keeps the data and shows no secret', async () => {
  const first = await startProduct()
  const { apiKey } = first
  await client(first, apiKey).chat.completions.create({ model: 'demo', messages })
  expect(await first.stop()).toEqual({ code: 0, signal: null })

  const second = await startProduct({ dataDir: first.dataDir })
  expect(second.apiKey).toBeUndefined()
  expect(second.administrator).toBeUndefined()
  expect(second.stdout()).toContain(`${second.url}/v1`)
  await client(second, apiKey).chat.completions.create({ model: 'demo', messages })
  const { records, output } = await auditRecords(second)
  expect(records.map(({ outcome }) => outcome)).toEqual(['ok', 'ok'])
  await second.stop()
  const secrets = {
    'API key': apiKey ?? '',
    'one-time password': first.administrator?.password ?? '',
    ...vaultKeys(first.dataDir),
  }
  const places = {
    output: second.stdout() + second.stderr() + first.stderr(),
    audit: output,
    ...dataFiles(first.dataDir),
  }
  expect(findSecrets(secrets, places)).toEqual([])
})

test('every start says where to sign in, the first one with which password, later ones how to get another', async () => {
  const first = await startProduct()
  const after = /^ {2}Sign in at +(\S+)\n {2}Administrator +\S+\n {2}One-time password, /m.exec(first.stdout())
  expect(after?.[1]).toBe(`${first.url}/management/docs`)
  expect(first.stdout()).not.toContain('reset-password')
  expect((await fetch(first.url, { headers: { accept: 'text/html' } })).url).toBe(after?.[1])
  await first.stop()

  const second = await startProduct({ dataDir: first.dataDir })
  expect(second.stdout()).toContain(`  Sign in at       ${second.url}/management/docs\n`)
  expect(second.stdout()).toContain('npx vmx user reset-password <e-mail>\n')
})

test('where there is a console, every start sends people there to sign in', async () => {
  const env = { CONSOLE_URL: 'https://console.example.com', CONSOLE_NOTE: 'ready in a moment' }
  const { administrator, stdout } = await startProduct({ env })
  expect(stdout()).toContain(
    `  Console          ${env.CONSOLE_URL} (ready in a moment)\n  Sign in at       ${env.CONSOLE_URL}\n  Administrator `,
  )
  expect(administrator).toBeDefined()
})

test('opening the docs leaves nothing in the audit', async () => {
  const product = await startProduct()
  for (const path of ['/', '/management/docs', '/favicon.ico'])
    expect((await fetch(product.url + path, { headers: { accept: 'text/html' } })).ok).toBe(true)
  expect((await auditRecords(product)).records).toEqual([])
})

test('a signal as soon as it is ready ends what npm started in an orderly way', async () => {
  const product = await startProduct({ by: 'npm' })
  expect(product.stdout()).toContain(product.apiKey)
  await product.stop()
  expect(product.stderr()).toContain('SIGTERM: finishing requests')
})

test('what becomes of the console leaves the API alone', async () => {
  const product = await startProduct({ by: 'npm', env: { CONSOLE: 'on', CONSOLE_PORT: '65536' } })
  await vi.waitFor(() => expect(product.stderr()).toContain('There is no console. The API goes on.'), 10_000)
  expect(product.stderr()).toContain('CONSOLE_PORT: must be a whole number from 0 to 65535')
  expect(product.stderr()).toContain(`API_URL=${product.url} node scripts/console.mjs`)
  expect((await client(product, product.apiKey).models.list()).data).not.toEqual([])
  await product.stop()
})

test('the product does not outlive who started it', async () => {
  const product = await startProduct({ by: 'npm', args: ['--no-console'], env: { CONSOLE: 'on' } })
  expect(product.stdout()).not.toContain('  Console ')
  // npm and its shell alone, not the group.
  process.kill(product.pid, 'SIGTERM')
  await vi.waitFor(() => expect(product.stderr()).toContain('SIGTERM: finishing requests'), 10_000)
  await vi.waitFor(() => expect(fetch(`${product.url}/health/ready`)).rejects.toThrow(), 10_000)
})

test('a word that CONSOLE does not know is said in one sentence', async () => {
  const said = await failedStart({ by: 'npm', env: { CONSOLE: 'sideways' } })
  expect(said).toEqual(['VM-X AI could not start. CONSOLE: must be one of on, off'])
})

test('a connection that never sent a request does not hold up the end', async () => {
  const product = await startProduct({ env: { SHUTDOWN_GRACE_MS: '1000000' } })
  const silent = connect(Number(new URL(product.url).port), '127.0.0.1')
  await once(silent, 'connect')
  // Its answer shows that the product has taken the connection before it, too.
  await client(product, product.apiKey).models.list()
  expect(await product.stop()).toEqual({ code: 0, signal: null })
  silent.destroy()
})

test.each(['node', 'npm'] as const)('a port in use is said in one sentence, started with %s', async (by) => {
  const other = createServer().listen(0, '127.0.0.1')
  stops.push(() => new Promise((resolve) => other.close(resolve)))
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const said = await failedStart({ by, env: { PORT: String(port) } })
  expect(said).toEqual([expect.stringMatching(new RegExp(`^VM-X AI could not start\\. PORT: ${port} .*in use`))])
})

test('a data directory that can not be made is said in one sentence', async () => {
  const file = join(temporaryDirectory(), 'a-file')
  writeFileSync(file, '')
  const said = await failedStart({ dataDir: join(file, 'data') })
  expect(said).toEqual([expect.stringMatching(/^VM-X AI could not start\. DATA_DIR: .*a-file.data can not be created/)])
})

test('settings that are wrong are all named at once, without their values', async () => {
  const env = {
    PORT: 'secret-port',
    LOG_LEVEL: 'secret-level',
    DATABASE_URL: 'mysql://user:secret-password@host/x',
    MAX_BODY_MB: '-7',
  }
  const said = await failedStart({ env })
  expect(said[0]).toBe('VM-X AI could not start. The settings are not right:')
  expect(
    said
      .slice(1)
      .map((line) => line.trim().split(':')[0])
      .toSorted(),
  ).toEqual(Object.keys(env).toSorted())
  expect(said.join('\n')).not.toMatch(/secret-|-7|mysql/)
})

test('an address rule that is wrong is said in one sentence', async () => {
  const said = await failedStart({ env: { UPSTREAM_ALLOW: 'not an address' } })
  expect(said).toEqual([expect.stringMatching(/^VM-X AI could not start\. UPSTREAM_ALLOW: /)])
})

test('a variable that the configuration file names and nobody set is said in one sentence', async () => {
  const file = join(temporaryDirectory(), 'vmx.yaml')
  const variable = '$' + '{NOBODY_SET_THIS}'
  writeFileSync(file, `workspaces: [{ name: '${variable}' }]`)
  const said = await failedStart({ env: { VMX_CONFIG: file } })
  expect(said).toEqual([expect.stringMatching(/^VM-X AI could not start\. VMX_CONFIG: .*NOBODY_SET_THIS/)])
})

test('a second process on the same data directory is refused in one sentence, and the first one goes on', async () => {
  const product = await startProduct()
  const said = await failedStart({ dataDir: product.dataDir })
  expect(said).toEqual([expect.stringMatching(/^VM-X AI could not start\. .*in use/)])
  const { choices } = await client(product, product.apiKey).chat.completions.create({ model: 'demo', messages })
  expect(choices).toHaveLength(1)
})

test('a provider key in the environment makes resources that answer, and a changed one counts from the next start', async () => {
  const keys = { old: `sk-old-${crypto.randomUUID()}`, current: `sk-current-${crypto.randomUUID()}` }
  const aimock = new LLMock({ port: 0, host: '127.0.0.1', auth: { apiKeys: [keys.current] } })
  aimock.on({}, { content: 'The provider of the environment answers.' })
  await aimock.start()
  stops.push(() => aimock.stop())
  const env = { OPENAI_BASE_URL: `${aimock.url}/v1`, UPSTREAM_ALLOW: new URL(aimock.url).host, LOG_LEVEL: 'debug' }
  const model = presets.get('openai')?.defaultModels[0] ?? ''

  const first = await startProduct({ env: { ...env, OPENAI_API_KEY: keys.old } })
  const before = client(first, first.apiKey)
  const names = (await before.models.list()).data.map(({ id }) => id)
  expect(names).toEqual(expect.arrayContaining(['demo', model]))
  await expect(before.chat.completions.create({ model, messages })).rejects.toMatchObject({
    status: 502,
    code: 'provider_auth_failed',
  })
  const { output } = await auditRecords(first)
  await first.stop()

  const second = await startProduct({ dataDir: first.dataDir, env: { ...env, OPENAI_API_KEY: keys.current } })
  const { choices } = await client(second, first.apiKey).chat.completions.create({ model, messages })
  expect(choices[0]?.message.content).toBe('The provider of the environment answers.')
  expect(second.stdout()).toContain('Connections from the environment: openai')
  await second.stop()
  const places = { output: first.stdout() + first.stderr() + second.stdout() + second.stderr(), audit: output }
  expect(findSecrets(keys, { ...places, ...dataFiles(first.dataDir) })).toEqual([])
})

/** What a start that fails says, line by line, without the lines of its progress and npm's own. */
async function failedStart(options: StartOptions): Promise<string[]> {
  const ended = await startProduct(options).catch((error: unknown) => error)
  if (!(ended instanceof ProductEnded))
    throw new Error('The product started, or failed in another way', { cause: ended })
  expect(ended.code).toBe(1)
  expect(ended.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('>'))).toEqual([])
  return ended.stderr.split('\n').filter((line) => line !== '' && !/^(•|npm )/.test(line))
}
