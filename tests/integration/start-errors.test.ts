import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateApiKey } from '@vm-x/gateway'
import { expect, test } from 'vitest'
import { ProductEnded, startProduct, temporaryDirectory } from '../start-product.ts'
import { createPostgresDatabase } from './postgres-database.ts'
import { vmx } from './vmx-command.ts'

/** What the product says instead of starting. */
async function refusal(env: Readonly<Record<string, string>>, dataDir = temporaryDirectory()): Promise<string> {
  const error = await startProduct({ env, dataDir }).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ProductEnded)) throw new Error('It started', { cause: error })
  expect(error.code).toBe(1)
  return error.stderr.slice(error.stderr.indexOf('VM-X AI could not start'))
}

/** Nothing listens on port 1. */
const nobody = 'postgres://someone:s3cret@127.0.0.1:1/nothing'

test('a database that can not be reached is one sentence with the name of its setting', async () => {
  expect(await refusal({ DATABASE_URL: nobody })).toBe(
    'VM-X AI could not start. DATABASE_URL: the database can not be reached: connect ECONNREFUSED 127.0.0.1:1\n',
  )
  const { code, stderr } = await vmx(['migrate'], { DATABASE_URL: 'postgres://h/d', DATABASE_MIGRATE_URL: nobody })
  expect([code, stderr]).toEqual([
    1,
    'vmx: DATABASE_MIGRATE_URL: the database can not be reached: connect ECONNREFUSED 127.0.0.1:1\n',
  ])
})

test('so is a replica', async () => {
  const database = await createPostgresDatabase({ migrated: true })
  try {
    expect(await refusal({ DATABASE_URL: database.url, DATABASE_RO_URL: nobody })).toBe(
      'VM-X AI could not start. DATABASE_RO_URL: the database can not be reached: connect ECONNREFUSED 127.0.0.1:1\n',
    )
  } finally {
    await database.drop()
  }
})

test('a directory in which no socket can be is refused before anything is made in it', async () => {
  const dataDir = join(temporaryDirectory(), 'd'.repeat(120))
  expect(await refusal({}, dataDir)).toContain('  DATA_DIR: is too long for the socket')
  expect(existsSync(dataDir)).toBe(false)
})

test('a key file that is not the one of the database is one sentence with the way out', async () => {
  const product = await startProduct()
  const { dataDir } = product
  await product.stop()
  renameSync(join(dataDir, 'key'), join(dataDir, 'key-of-before'))
  expect(await refusal({}, dataDir)).toMatch(
    /^VM-X AI could not start\. VAULT_URL: the database holds secrets of another key file\. If this is a further replica, set VAULT_URL to .*\n$/,
  )
})

test('a start with the embedded database shows nothing that alarms', async () => {
  const product = await startProduct()
  expect(product.stdout()).not.toMatch(/superuser|guarded/)
  expect(await product.stop()).toEqual({ code: 0, signal: null })
})

test('Ctrl-C says for how long it waits, and Ctrl-C again ends at once', async () => {
  const key = generateApiKey().value
  const file = join(temporaryDirectory(), 'vmx.yaml')
  const slow = '{ connection: demo, model: demo+chunks=2+interval=600000 }'
  writeFileSync(
    file,
    `workspaces: [{ name: w, environments: [{ name: e, connections: [{ name: demo, provider: demo }],
      resources: [{ name: slow, model: ${slow} }], apiKeys: [{ name: k, value: '${key}' }] }] }]`,
  )
  const product = await startProduct({ env: { VMX_CONFIG: file } })
  const answer = await fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'slow', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  expect(answer.status).toBe(200)
  process.kill(product.pid, 'SIGINT')
  await expect.poll(product.stderr).toContain('SIGINT: finishing requests, for up to 30 s')
  const ended = product.stop()
  const press = setInterval(() => process.kill(product.pid, 'SIGINT'), 50)
  void ended.then(() => clearInterval(press))
  expect(await ended).toEqual({ code: 130, signal: null })
  expect(product.stderr()).toContain('Ended at once')
  await answer.body?.cancel().catch(() => {})
})
