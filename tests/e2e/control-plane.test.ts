import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type RunningProduct, startProduct, temporaryDirectory } from '../start-product.ts'
import { AIMOCK_TEXT, AIMOCK_USAGE, startAimock } from './aimock-upstream.ts'
import { type Guide, openShell, pasteBelow, readGuide, type Shell } from './guide.ts'
import { dataFiles, findSecrets, vaultKeys } from './secret-search.ts'

/** Records reach the stores a moment later. */
const SHIPPED = { timeout: 20_000, interval: 250 }
const messages = [{ role: 'user' as const, content: 'Hello!' }]
const tools = [{ type: 'function' as const, function: { name: 'look_up', parameters: { type: 'object' } } }]

/** The answers that were written, one a line. */
const answers = (written = '') => written.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))

/** A fresh start, a provider beside it, and a shell that has what the first block of `guide` asks for. */
async function start(guide: Guide, secrets: Readonly<Record<'PROVIDER_KEY' | 'PASSWORD', string>>) {
  const aimock = await startAimock(secrets.PROVIDER_KEY)
  const product = await startProduct({ env: { LOG_LEVEL: 'debug', UPSTREAM_ALLOW: new URL(aimock.url).host } })
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
  const directory = temporaryDirectory()
  const shell = openShell(directory, given)
  const close = async () => {
    shell.close()
    await aimock.stop()
  }
  return { product, directory, shell, close }
}

/** Which of these secrets, and of its own, can be found once the product has ended. */
async function leaksOf(product: RunningProduct, secrets: Readonly<Record<string, string>>): Promise<string[]> {
  const { administrator, dataDir } = product
  const unprinted = { ...secrets, ...vaultKeys(dataDir) }
  await product.stop()
  const streams = { stdout: product.stdout(), stderr: product.stderr() }
  // What it has printed for whoever started it is there to be read.
  const used = { ...unprinted, 'one-time password': administrator?.password ?? '' }
  return [...findSecrets(unprinted, streams), ...findSecrets(used, dataFiles(dataDir))]
}

describe('docs/how-to/manage-with-curl.md, from a fresh start', () => {
  const guide = readGuide('how-to/manage-with-curl.md')
  const secrets = { PROVIDER_KEY: `sk-provider-${crypto.randomUUID()}`, PASSWORD: `pass-${crypto.randomUUID()}` }
  let started: Awaited<ReturnType<typeof start>> | undefined
  let product: RunningProduct
  let shell: Shell
  let directory: string

  beforeAll(async () => {
    started = await start(guide, secrets)
    ;({ product, shell, directory } = started)
  })
  afterAll(() => started?.close())

  const paste = (heading: string) => pasteBelow(shell, guide, heading)
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
      'ai-connection:test',
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
    expect(await leaksOf(product, { ...secrets, 'API key': await variable('KEY') })).toEqual([])
  })
})

describe('docs/how-to/people-and-roles.md, after the other', () => {
  const before = readGuide('how-to/manage-with-curl.md')
  const guide = readGuide('how-to/people-and-roles.md')
  const secrets = { PROVIDER_KEY: `sk-provider-${crypto.randomUUID()}`, PASSWORD: `pass-${crypto.randomUUID()}` }
  const given: Record<string, string> = {
    COLLEAGUE: 'carl@example.com',
    COLLEAGUE_PASSWORD: `pass-${crypto.randomUUID()}`,
    OFFICE: '203.0.113.0/24',
  }
  let started: Awaited<ReturnType<typeof start>> | undefined
  let shell: Shell

  beforeAll(async () => {
    started = await start(before, secrets)
    shell = started.shell
    const headings = ['Sign in', 'Make a place to work in', 'Connect a provider', 'Make a resource and a key for it']
    for (const heading of headings) await pasteBelow(shell, before, heading)
    expect(Object.keys(given).toSorted()).toEqual(guide.given.toSorted())
    for (const [name, value] of Object.entries(given)) await shell.paste(`${name}='${value}'`)
    await paste('')
    await shell.paste(`STAGING=$(vmx --json '{"name": "staging"}' $API/workspaces/$WORKSPACE/environments | field .id)`)
    await shell.paste(`vmx --json '{"name": "other"}' $API/workspaces`)
  })
  afterAll(() => started?.close())

  const paste = (heading: string) => pasteBelow(shell, guide, heading)
  const namesOf = ({ items }: { items: { name: string }[] }) => items.map(({ name }) => name)
  const ask = async (command: string) => answers(await shell.paste(`${command} || true`))
  const chat = (key: string) =>
    shell.paste(
      `curl -sS -o answer.json -w '%{http_code}' $VMX/v1/chat/completions -H "authorization: Bearer $${key}" ` +
        `--json '{"model": "support", "messages": [{"role": "user", "content": "Hello!"}]}'`,
    )

  test('whoever is invited sees one environment and what happened in it, and changes nothing', async () => {
    await paste('Invite a colleague')
    const [signedIn = '', seen] = await paste('What they see')
    expect(answers(signedIn)).toMatchObject([{ user: { state: 'must_change_password' } }])
    const [workspaces, environments, resources, events, refused] = answers(seen)
    expect([workspaces, environments, resources].map(namesOf)).toEqual([['acme'], ['production'], ['support']])
    const actions = events.items.map(({ action }: { action: string }) => action)
    expect(actions).toEqual([
      'api-key:create',
      'ai-resource:create',
      'ai-connection:create',
      'ai-connection:test',
      'environment:create',
      'workspace:create',
    ])
    expect(refused).toMatchObject({ status: 403, detail: expect.stringContaining('ai-resource:update') })
    for (const path of ['', '/ai-connections', '/api-keys', '/audit', '/capacity', '/prioritization', '/providers'])
      await shell.paste(`colleague $HERE${path}`)
    await shell.paste(
      `colleague --json '{"from": "2020-01-01T00:00:00Z", "to": "2020-01-02T00:00:00Z", "metrics": ["requests.sum"]}' $HERE/usage/query`,
    )
    for (const path of ['users', 'workspaces/$WORKSPACE/environments/$STAGING'])
      expect(await ask(`colleague $API/${path}`)).toMatchObject([{ status: 403 }])
  })

  test('a second role adds to the first, but for what it denies; an owner is made of a member', async () => {
    const [changed, owner] = await paste('Let them do more')
    const [, resource, refused] = answers(changed)
    expect(resource).toMatchObject({ description: 'Theirs', version: 2 })
    expect(refused).toMatchObject({ status: 403, detail: expect.stringContaining('ai-resource:delete') })
    expect(answers(owner)).toMatchObject([{ membership: 'owner' }])
  })

  test('a lost password is replaced by a one-time password, and ends the sessions', async () => {
    const [reset] = await paste('Lost password')
    expect(answers(reset)).toMatchObject([{ state: 'must_change_password', oneTimePassword: expect.any(String) }])
    expect(await ask('colleague $API/workspaces')).toMatchObject([{ status: 401 }])
  })

  test('all that was given is taken away', async () => {
    const [written] = await paste('Take it away')
    expect(answers(written)).toMatchObject([{ email: given.COLLEAGUE, state: 'disabled' }])
    const [{ items: members }] = await ask('vmx $API/workspaces/$WORKSPACE/members')
    expect(members).toHaveLength(1)
  })

  test('both secrets of a rotated key work, from the named addresses only', async () => {
    await paste('Rotate a key with grace')
    expect([await chat('KEY'), await chat('NEW_KEY')]).toEqual(['200', '200'])
    const [bound] = await paste('Bind a key to addresses')
    expect(answers(bound)).toMatchObject([{ allowedCidrs: [given.OFFICE] }])
    expect(await chat('NEW_KEY')).toBe('403')
    await shell.paste(`vmx -X PATCH -H 'if-match: "3"' --json '{"allowedCidrs": null}' $HERE/api-keys/$KEY_ID`)
    expect(await chat('NEW_KEY')).toBe('200')
  })

  test('a restored resource is what it was at first', async () => {
    const [restored] = await paste('Restore a revision of a resource')
    expect(answers(restored)).toMatchObject([{ description: '', version: 3 }])
  })

  test('a tail that is resumed gives what came meanwhile', async () => {
    const [block = '', resume = ''] = guide.blocks
      .filter(({ heading }) => heading.startsWith('Follow exchanges'))
      .map(({ commands }) => commands)
    await shell.paste(block)
    await chat('NEW_KEY')
    await shell.paste(resume)
    expect(await shell.paste('grep -c ^event: more.txt')).toBe('1\n')
  })

  test('nothing that was secret is in the log or the data', async () => {
    if (!started) throw new Error('Nothing was started')
    const used: Record<string, string> = { ...secrets, COLLEAGUE_PASSWORD: given.COLLEAGUE_PASSWORD ?? '' }
    for (const name of ['KEY', 'NEW_KEY', 'ONE_TIME_PASSWORD']) used[name] = await shell.paste(`printf %s "$${name}"`)
    expect(await leaksOf(started.product, used)).toEqual([])
  })
})
