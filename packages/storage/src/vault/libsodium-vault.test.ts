import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vaultContract } from '@vm-x/gateway/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openVault } from './open-vault.ts'

let directory: string
let made = 0
const newPath = () => join(directory, `${++made}`, 'key')
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmx-vault-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

const context = { workspaceId: 'w', environmentId: 'e', connectionId: 'c' }
const open = (path: string) => openVault(`libsodium:file=${path}`)

describe('contract', () => vaultContract(() => open(newPath())))

test('the key file and its directory are made for their owner only, and stay so after a rotation', async () => {
  const path = newPath()
  const vault = await open(path)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
  await vault.rotate()
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test.each([0o640, 0o604, 0o620])('a key file with mode %o is refused', async (mode) => {
  const path = newPath()
  await open(path)
  chmodSync(path, mode)
  await expect(open(path)).rejects.toThrow(`The key file ${path} can be read by others`)
})

test('what was sealed before a restart still opens, also after a rotation', async () => {
  const path = newPath()
  const vault = await open(path)
  const sealed = await vault.seal('sk-secret', context)
  await vault.rotate()
  expect(await (await open(path)).open(sealed, context)).toBe('sk-secret')
})

test('a process opens what another one sealed with a key made after it had started', async () => {
  const path = newPath()
  const [one, other] = [await open(path), await open(path)]
  await other.rotate()
  expect(await one.open(await other.seal('sk-secret', context), context)).toBe('sk-secret')
})

test('a damaged key file is an error without its content, and is left as it is', async () => {
  const path = newPath()
  await open(path)
  const damaged = readFileSync(path, 'utf8').slice(0, 60)
  writeFileSync(path, damaged)
  const error = await open(path).catch((error: Error) => error)
  expect(error).toBeInstanceOf(Error)
  expect(String(error)).toContain('is damaged')
  expect(String(error)).not.toContain(damaged.slice(10, 20))
  expect(readFileSync(path, 'utf8')).toBe(damaged)
})

test.each([
  ['kms:arn:aws:kms:eu-west-1:1:key/x', 'not available in this version'],
  ['libsodium:', 'must be libsodium:file='],
  ['', 'must be libsodium:file='],
])('the URL %j says what to use instead', async (url, message) => {
  await expect(openVault(url)).rejects.toThrow(message)
})
