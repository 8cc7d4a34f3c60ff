import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Vault, VaultError } from '@vm-x/gateway'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { OpenedDatabase } from '../db/open.ts'
import { testDatabases } from '../db/test-databases.ts'
import { installationSecret } from './installation-secret.ts'
import { openVault } from './open-vault.ts'
import { rotateVault } from './rotate-vault.ts'

let directory: string
let vault: Vault
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'vmx-installation-secret-'))
  vault = await openVault(`libsodium:file=${join(directory, 'key')}`)
})
afterAll(() => rmSync(directory, { recursive: true }))

describe.each(testDatabases)('on $kind', ({ open }) => {
  let database: OpenedDatabase
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())
  afterEach(() => database.db.deleteFrom('installation_secret').execute())

  const stored = () => database.db.selectFrom('installation_secret').selectAll().execute()

  test('is the same for everyone who asks, however many ask at first', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => installationSecret(database.db, vault, 'sign-in')))
    expect(new Set(all).size).toBe(1)
    expect(await installationSecret(database.db, vault, 'sign-in')).toBe(all[0])
    expect(Buffer.from(all[0] ?? '', 'base64url')).toHaveLength(32)
  })

  test('is another one under another name, and in the database only sealed', async () => {
    const [one, other] = [
      await installationSecret(database.db, vault, 'one'),
      await installationSecret(database.db, vault, 'other'),
    ]
    expect(one).not.toBe(other)
    expect(JSON.stringify(await stored())).not.toContain(one)
  })

  test('a row moved to another name does not open', async () => {
    await installationSecret(database.db, vault, 'one')
    await database.db.updateTable('installation_secret').set({ name: 'other' }).execute()
    await expect(installationSecret(database.db, vault, 'other')).rejects.toThrow(VaultError)
  })

  test('stays what it was when the vault is rotated, sealed with the new key', async () => {
    const before = await installationSecret(database.db, vault, 'sign-in')
    const { keyId, resealed } = await rotateVault(database.db, vault, 'cli')
    expect(resealed).toBe(1)
    expect((await stored()).map(({ sealed }) => vault.keyIdOf(sealed))).toEqual([keyId])
    expect(await installationSecret(database.db, vault, 'sign-in')).toBe(before)
  })
})
