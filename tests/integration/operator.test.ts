import { spawnSync } from 'node:child_process'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { authRoutes, BUILT_IN_ROLES, roleRoutes, userRoutes, workspaceRoutes } from '@vm-x/contract'
import { type DemoServer, generateApiKey, startDemoServer } from '@vm-x/gateway'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ProductEnded,
  type RunningProduct,
  repositoryRoot,
  startProduct,
  temporaryDirectory,
} from '../start-product.ts'
import { settle } from './administrator.ts'
import { vmx } from './vmx-command.ts'

const first = generateApiKey().value
const PROVIDER_KEY = 'provider-key-of-the-operator-test'
const directory = temporaryDirectory()
const configFile = join(directory, 'vmx.yaml')
let upstream: DemoServer
let product: RunningProduct

const document = (model = 'demo') => `
workspaces:
  - name: acme
    environments:
      - name: production
        connections:
          - { name: up, provider: openai-compatible, baseUrl: '${upstream.url}', apiKey: '\${PROVIDER_KEY}' }
        resources:
          - { name: one, model: { connection: up, model: ${model} } }
          - { name: two, model: { connection: up, model: demo+status=503 }, retries: { max: 0 }, fallback: { models: [{ connection: up, model: demo }] } }
        apiKeys: [{ name: first, value: '\${FIRST_KEY}', connections: [up] }]
`

const env = () => ({
  VMX_CONFIG: configFile,
  PROVIDER_KEY,
  FIRST_KEY: first,
  UPSTREAM_ALLOW: new URL(upstream.url).host,
})

const ask = (model: string, key = first) =>
  fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  })

/** Of the first start. */
let shown: RunningProduct['administrator']
const administrator = () => {
  if (!shown) throw new Error('The first start made no administrator')
  return shown
}

/** Signed in, whatever the password is now. */
async function administratorAgain() {
  const { email } = administrator()
  const { stdout } = await product.vmx('user', 'reset-password', email)
  return settle(product.url, { email, password: JSON.parse(stdout).oneTimePassword })
}

beforeAll(async () => {
  upstream = await startDemoServer({ apiKey: PROVIDER_KEY })
  writeFileSync(configFile, document())
  product = await startProduct({ env: env() })
  shown = product.administrator
})

afterAll(async () => {
  await product?.stop()
  await upstream?.close()
})

test('the file declares what answers: resources, fallbacks and connections called directly', async () => {
  expect((await ask('one')).headers.get('x-vmx-model')).toBe('demo')
  expect((await ask('two')).headers.get('x-vmx-fallback')).toBe('1')
  expect((await ask('up/demo')).status).toBe(200)
})

test('audit show tells, right after the answer, each attempt and why the next one was made', async () => {
  const id = (await ask('two')).headers.get('x-request-id') ?? ''
  const { stdout, code } = await product.vmx('audit', 'show', id)
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    id,
    outcome: 'ok',
    requestedModel: 'two',
    decision: {
      attempts: [
        { outcome: 'provider_unavailable', status: 503 },
        { outcome: 'ok', status: 200 },
      ],
    },
  })
  expect(await product.vmx('audit', 'show', '01900000-0000-7000-8000-000000000000')).toMatchObject({ code: 1 })
})

test('audit list pages through all records, newest first', async () => {
  for (let i = 0; i < 3; i++) await ask('one')
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page = JSON.parse(
      (await product.vmx('audit', 'list', '--json', '--limit', '2', ...(cursor ? ['--cursor', cursor] : []))).stdout,
    )
    ids.push(...page.records.map(({ id }: { id: string }) => id))
    cursor = page.next
  } while (cursor)
  expect(ids.length).toBeGreaterThanOrEqual(3)
  expect(ids).toEqual([...new Set(ids)].sort().reverse())
})

test('audit list says in one line each what happened, and how to see older ones', async () => {
  const id = (await ask('two')).headers.get('x-request-id') ?? ''
  const [, newest = '', , ...rest] = (await product.vmx('audit', 'list', '--limit', '1')).stdout.split('\n')
  expect(newest.split(/ {2,}/)).toEqual([
    expect.stringMatching(/^\d{4}-.*Z$/),
    'ok',
    '200',
    'two',
    'up/demo',
    expect.stringMatching(/^\d+\+\d+$/),
    expect.stringMatching(/^\d+$/),
    id,
  ])
  const older = /vmx audit list --cursor (\S+)/.exec(rest.join('\n'))?.[1] ?? ''
  expect((await product.vmx('audit', 'list', '--cursor', older)).stdout).not.toContain(id)
})

test('a key made by the command works at once, and only for what it names', async () => {
  const made = await product.vmx('api-key', 'create', 'narrow', '--resource', 'one')
  const { value } = JSON.parse(made.stdout)
  expect((await ask('one', value)).status).toBe(200)
  expect((await ask('two', value)).status).toBe(403)
  expect((await ask('up/demo', value)).status).toBe(403)
  const wrong = await product.vmx('api-key', 'create', 'narrow', '--resource', 'nothing')
  expect([wrong.code, wrong.stderr]).toEqual([1, 'vmx: the environment has no resource "nothing"\n'])
  const taken = await product.vmx('api-key', 'create', 'Narrow')
  expect([taken.code, taken.stderr]).toEqual([1, expect.stringMatching(/^vmx: .*Narrow.*\n$/)])
})

test('whoever lost their password gets in again with the one that the command answers, and must change it', async () => {
  const { email } = administrator()
  const { stdout, code } = await product.vmx('user', 'reset-password', email)
  expect(code).toBe(0)
  const { oneTimePassword, ...rest } = JSON.parse(stdout)
  expect(rest).toEqual({ email })
  await expect(settle(product.url, administrator())).rejects.toThrow('signIn was answered 401')
  const back = await settle(product.url, { email, password: oneTimePassword })
  expect((await back.call(product.url, authRoutes.getCurrentSession)).user).toMatchObject({ email })
  await expect(settle(product.url, { email, password: oneTimePassword })).rejects.toThrow('signIn was answered 401')

  const nobody = await product.vmx('user', 'reset-password', 'nobody@example.com')
  expect([nobody.code, nobody.stderr]).toEqual([1, 'vmx: There is no user nobody@example.com\n'])
})

test('an owner who is added by the command owns the workspace, whether they were a member of it or not', async () => {
  const { url, vmx } = product
  const admin = await administratorAgain()
  const email = 'new-owner@example.com'
  const created = await admin.call(url, userRoutes.createUser, { body: { email, name: 'New owner' } })
  const roleOfAll = { roleId: BUILT_IN_ROLES.readOnly.id, userId: created.id }
  await admin.call(url, roleRoutes.addRoleMember, { params: roleOfAll })
  const newOwner = await settle(url, { email, password: created.oneTimePassword })
  const workspaces = async () => (await newOwner.call(url, workspaceRoutes.listWorkspaces)).items
  expect(await workspaces()).toEqual([])

  const added = JSON.parse((await vmx('workspace', 'add-owner', 'ACME', email)).stdout)
  expect(added).toMatchObject({ userId: created.id, email, membership: 'owner' })
  const [{ id: workspaceId, ...workspace }] = await workspaces()
  expect(workspace).toMatchObject({ name: 'acme', membership: 'owner' })
  const { version } = added
  const demotion = { params: { workspaceId, userId: created.id }, version, body: { membership: 'member' } }
  await admin.call(url, workspaceRoutes.updateWorkspaceMember, demotion)
  expect(JSON.parse((await vmx('workspace', 'add-owner', 'acme', email)).stdout)).toMatchObject({ membership: 'owner' })
})

test('the command says of an owner without a role that they have none, and how to give one', async () => {
  const { url, vmx } = product
  const admin = await administratorAgain()
  const body = { email: 'no-role@example.com', name: 'No role' }
  const { id: userId } = await admin.call(url, userRoutes.createUser, { body })
  const added = async () => JSON.parse((await vmx('workspace', 'add-owner', 'acme', body.email)).stdout)
  const note = `has no role yet: give one with PUT /management/v1/roles/<role>/members/${userId}`
  expect(await added()).toMatchObject({ membership: 'owner', note })
  await admin.call(url, roleRoutes.addRoleMember, { params: { roleId: BUILT_IN_ROLES.readOnly.id, userId } })
  expect(await added()).not.toHaveProperty('note')
})

test.each([
  [['nowhere', 'admin@example.com'], 'There is no workspace "nowhere"'],
  [['acme', 'nobody@example.com'], 'There is no user nobody@example.com'],
  [['acme'], 'vmx workspace add-owner <workspace> <e-mail>: one of them is missing'],
])('vmx workspace add-owner %j is refused in one sentence', async (words, reason) => {
  const { code, stderr } = await product.vmx('workspace', 'add-owner', ...words)
  expect([code, stderr]).toEqual([1, `vmx: ${reason}\n`])
})

test('credentials and sessions go on working after the vault was given a new key', async () => {
  const admin = await administratorAgain()
  const { stdout } = await product.vmx('vault', 'rotate')
  expect(JSON.parse(stdout), 'the credential of the connection, and what sessions are signed with').toMatchObject({
    resealed: 2,
  })
  expect((await ask('one')).status).toBe(200)
  expect(await admin.call(product.url, authRoutes.getCurrentSession)).toMatchObject({
    user: { email: administrator().email },
  })
})

test('only the owner can open the socket', () => {
  expect(statSync(join(product.dataDir, 'vmx.sock')).mode & 0o777).toBe(0o600)
})

test('without a running product a command says so in one sentence', async () => {
  const { code, stderr } = await vmx(['audit', 'list'], { DATA_DIR: temporaryDirectory() })
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^vmx: nothing answers at .*\n$/)])
})

test('a relative DATA_DIR means the same to the command wherever it is called, and as for npm start', () => {
  const program = join(repositoryRoot, 'apps/api/bin/vmx.mjs')
  const { stderr } = spawnSync(process.execPath, [program, 'audit', 'list'], {
    cwd: temporaryDirectory(),
    env: { PATH: process.env.PATH, DATA_DIR: './data/of-nobody' },
    encoding: 'utf8',
  })
  expect(stderr).toContain(`nothing answers at ${join(repositoryRoot, 'data/of-nobody/vmx.sock')}: `)
})

test('a changed file counts from the next start; a wrong one names every problem and changes nothing', async () => {
  await product.stop()
  const { dataDir } = product
  writeFileSync(configFile, document('demo+bytes=100'))
  product = await startProduct({ env: env(), dataDir })
  expect((await ask('one')).headers.get('x-vmx-model')).toBe('demo+bytes=100')
  await product.stop()
  const refused = async (text: string) => {
    writeFileSync(configFile, text)
    const error = await startProduct({ env: env(), dataDir }).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    return error instanceof ProductEnded ? error.stderr : ''
  }
  const unknown = await refused(document().replace('name: one,', 'name: one, rules: [], limits: [],'))
  expect(unknown).toMatch(/workspaces\[0\]\.environments\[0\]\.resources\[0\].*rules.*limits/)
  const dangling = await refused(
    document('demo+bytes=7').replaceAll(
      '{ connection: up, model: demo+status=503 }',
      '{ connection: nowhere, model: x }',
    ),
  )
  expect(dangling).toMatch(/resources\[1\]\.model\.connection.*nowhere/)
  expect(dangling).not.toContain(PROVIDER_KEY)
  writeFileSync(configFile, 'workspaces: []')
  product = await startProduct({ env: env(), dataDir })
  expect((await ask('one')).headers.get('x-vmx-model')).toBe('demo+bytes=100')
})
