import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type RunningProduct, startProduct, temporaryDirectory } from '../start-product.ts'
import { AIMOCK_TEXT, AIMOCK_USAGE, startAimock } from './aimock-upstream.ts'
import { openShell, readGuide, type Shell } from './guide.ts'
import { dataFiles, findSecrets, vaultKeys } from './secret-search.ts'

/** Records reach the stores a moment later. */
const SHIPPED = { timeout: 20_000, interval: 250 }
const messages = [{ role: 'user' as const, content: 'Hello!' }]
const tools = [{ type: 'function' as const, function: { name: 'look_up', parameters: { type: 'object' } } }]

describe('docs/how-to/manage-with-curl.md, from a fresh start', () => {
  const guide = readGuide('how-to/manage-with-curl.md')
  const secrets = { PROVIDER_KEY: `sk-provider-${crypto.randomUUID()}`, PASSWORD: `pass-${crypto.randomUUID()}` }
  let product: RunningProduct
  let aimock: Awaited<ReturnType<typeof startAimock>>
  let shell: Shell
  let directory: string

  beforeAll(async () => {
    aimock = await startAimock(secrets.PROVIDER_KEY)
    product = await startProduct({ env: { LOG_LEVEL: 'debug', UPSTREAM_ALLOW: new URL(aimock.url).host } })
    const { email, password } = product.administrator ?? {}
    const given: Record<string, string> = {
      VMX: product.url,
      EMAIL: email ?? '',
      ONE_TIME_PASSWORD: password ?? '',
      PROVIDER_URL: `${aimock.url}/v1`,
      MODEL: 'error-503',
      LARGE_MODEL: 'late',
      SPARE_MODEL: 'good',
      ...secrets,
    }
    expect(Object.keys(given).toSorted()).toEqual(guide.given.toSorted())
    directory = temporaryDirectory()
    shell = openShell(directory, given)
  })
  afterAll(async () => {
    shell?.close()
    await aimock?.stop()
  })

  /** What each block below a heading writes. */
  async function paste(heading: string): Promise<string[]> {
    const blocks = guide.blocks.filter((block) => block.heading === heading)
    if (blocks.length === 0) throw new Error(`The page has no commands under ${heading}`)
    const written: string[] = []
    for (const { commands } of blocks) written.push(await shell.paste(commands))
    return written
  }
  /** The answers that were written, one a line. */
  const answers = (written = '') => written.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  const variable = (name: string) => shell.paste(`printf %s "$${name}"`)
  const client = async () => new OpenAI({ apiKey: await variable('KEY'), baseURL: `${product.url}/v1`, maxRetries: 0 })

  test('signs in with the printed password, which has to be changed', async () => {
    const [, signedIn] = await paste('Sign in')
    expect(answers(signedIn)).toMatchObject([{ user: { state: 'must_change_password' } }])
  })

  test('makes a workspace, an environment, a connection, a resource and a key', async () => {
    await paste('Make a place to work in')
    const [tried] = await paste('Connect a provider')
    expect(answers(tried)).toMatchObject([{ ok: true, error: null }])
    const [, targets, answer] = await paste('Make a resource and a key for it')
    expect(targets).toMatch(/model: 'error-503'.*model: 'good'/s)
    expect(answers(answer)).toMatchObject([{ choices: [{ message: { content: AIMOCK_TEXT } }] }])
  })

  test('the key is taken by the OpenAI SDK, for its resource only; the rule and the fallback decide', async () => {
    const openai = await client()
    const answer = await openai.chat.completions.create({ model: 'support', messages }).withResponse()
    expect(answer.data.choices[0]?.message.content).toBe(AIMOCK_TEXT)
    expect(answer.response.headers.get('x-vmx-fallback')).toBe('1')
    let streamed = ''
    const stream = await openai.chat.completions.create({ model: 'support', messages, stream: true })
    for await (const { choices } of stream) streamed += choices[0]?.delta.content ?? ''
    expect(streamed).toBe(AIMOCK_TEXT)
    const ruled = await openai.chat.completions.create({ model: 'support', messages, tools }).withResponse()
    expect(ruled.response.headers.get('x-vmx-route')).toBe('0')
    expect(ruled.response.headers.get('x-vmx-model')).toBe('late')
    expect((await openai.models.list()).data.map(({ id }) => id)).toEqual(['support'])
    await expect(openai.chat.completions.create({ model: 'demo', messages })).rejects.toMatchObject({ status: 404 })
  })

  test('the exchanges are in the audit, the tokens in the usage, the changes in the audit events', async () => {
    await vi.waitFor(async () => {
      const [all] = answers(await shell.paste('vmx $HERE/audit'))
      expect(all.items).toHaveLength(6)
    }, SHIPPED)
    const [[audit, usage] = [], [events] = []] = (await paste('See what happened')).map(answers)
    expect(audit.items).toHaveLength(4)
    const key = await variable('KEY_ID')
    const attempts = [{ model: 'error-503' }, {}, {}, { model: 'good', outcome: 'ok' }]
    expect(audit.items[3]).toMatchObject({ apiKeyId: key, outcome: 'ok', model: 'good', decision: { attempts } })
    const of = (requests: number) => ({
      'requests.sum': requests,
      'inputTokens.sum': requests * AIMOCK_USAGE.prompt_tokens,
      'outputTokens.sum': requests * AIMOCK_USAGE.completion_tokens,
    })
    expect(usage.rows).toMatchObject([
      { group: { model: 'good' }, values: of(3) },
      { group: { model: 'late' }, values: of(1) },
      { group: { model: null }, values: { 'requests.sum': 2 } },
    ])
    expect(readFileSync(join(directory, 'audit.csv'), 'utf8').split('\r\n')).toHaveLength(8)
    expect(await shell.paste('vmx -N --max-time 1 $HERE/audit/tail || true')).toMatch(/^id: /m)
    const actions = events.items.map(({ action }: { action: string }) => action)
    expect(actions).toEqual([
      'audit:export',
      'api-key:create',
      'ai-resource:create',
      'ai-connection:create',
      'environment:create',
      'workspace:create',
    ])
  })

  test('a revoked key is refused at once', async () => {
    const openai = await client()
    const [changed, refused] = await paste('Change and revoke')
    expect(answers(changed)).toMatchObject([{ version: 2, description: 'For the help desk' }])
    expect(refused).toBe('401\n')
    await expect(openai.chat.completions.create({ model: 'support', messages })).rejects.toMatchObject({ status: 401 })
    expect(await shell.paste(`curl -sS -o signed-out.json -b vmx.cookies -w '%{http_code}' $API/workspaces`)).toBe(
      '401',
    )
  })

  test('nothing that was secret is in the log or the data', async () => {
    const used = {
      ...secrets,
      'one-time password': product.administrator?.password ?? '',
      'API key': await variable('KEY'),
      ...vaultKeys(product.dataDir),
    }
    await product.stop()
    // What it has printed for whoever started it is there to be read.
    const { 'one-time password': _printed, ...unprinted } = used
    const streams = { stdout: product.stdout(), stderr: product.stderr() }
    expect([...findSecrets(unprinted, streams), ...findSecrets(used, dataFiles(product.dataDir))]).toEqual([])
  })
})
