import { expect, test } from 'vitest'
import { type Vault, VaultError } from './vault.ts'

const context = { workspaceId: 'w', environmentId: 'e', connectionId: 'c' }

/** What every vault promises. @param open a vault of its own for each call */
export function vaultContract(open: () => Promise<Vault>): void {
  test.each(['sk-secret', '', 'quote " backslash \\ line\nbreak', 'emoji 😀 \u2028 nul \0', 'x'.repeat(5000)])(
    'opens exactly what was sealed: %j',
    async (plaintext) => {
      const vault = await open()
      expect(await vault.open(await vault.seal(plaintext, context), context)).toBe(plaintext)
    },
  )

  test('the sealed text never shows the secret, and is another one each time', async () => {
    const vault = await open()
    const [one, two] = [await vault.seal('sk-very-secret', context), await vault.seal('sk-very-secret', context)]
    expect(one).not.toBe(two)
    expect(one).not.toContain('secret')
  })

  test.each(['workspaceId', 'environmentId', 'connectionId'] as const)(
    'refuses to open for another %s',
    async (field) => {
      const vault = await open()
      const sealed = await vault.seal('sk-secret', context)
      await expect(vault.open(sealed, { ...context, [field]: 'other' })).rejects.toThrow(VaultError)
    },
  )

  test('values of the context can not be moved from one field to the next', async () => {
    const vault = await open()
    const sealed = await vault.seal('sk-secret', { workspaceId: 'ab', environmentId: 'c', connectionId: 'd' })
    await expect(vault.open(sealed, { workspaceId: 'a', environmentId: 'bc', connectionId: 'd' })).rejects.toThrow(
      VaultError,
    )
  })

  test('a secret of the installation opens under its own name alone, and never for a connection', async () => {
    const vault = await open()
    const sealed = await vault.seal('signing', { installation: 'sign-in' })
    expect(await vault.open(sealed, { installation: 'sign-in' })).toBe('signing')
    const connection = { workspaceId: 'installation', environmentId: 'sign-in', connectionId: '' }
    for (const other of [{ installation: 'other' }, { installation: '' }, context, connection])
      await expect(vault.open(sealed, other), JSON.stringify(other)).rejects.toThrow(VaultError)
    const ofConnection = await vault.seal('sk-secret', connection)
    await expect(vault.open(ofConnection, { installation: 'sign-in' })).rejects.toThrow(VaultError)
  })

  test('refuses a text that was altered anywhere, and says nothing of the secret', async () => {
    const vault = await open()
    const sealed = await vault.seal('sk-secret', context)
    for (let at = 0; at < sealed.length; at++) {
      const altered = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1)
      const error = await vault.open(altered, context).catch((error: unknown) => error)
      // The last character of base64 has bits that mean nothing.
      if (at < sealed.length - 1) expect(error, `altered at ${at}`).toBeInstanceOf(VaultError)
      if (error instanceof Error) expect(error.message).not.toContain('sk-secret')
    }
  })

  test.each(['', 'v1', 'sk-secret', 'v1..', 'v9.key.AAAA'])('refuses %j, which is no sealed text', async (text) => {
    const vault = await open()
    await expect(vault.open(text, context)).rejects.toThrow(VaultError)
    expect(() => vault.keyIdOf(text)).toThrow(VaultError)
  })

  test('after a rotation seals with the new key and still opens what older keys sealed', async () => {
    const vault = await open()
    const old = vault.activeKeyId
    const sealed = await vault.seal('sk-secret', context)
    const rotated = await vault.rotate()
    expect(rotated).not.toBe(old)
    expect(vault.activeKeyId).toBe(rotated)
    expect(vault.keyIdOf(sealed)).toBe(old)
    expect(vault.keyIdOf(await vault.seal('sk-secret', context))).toBe(rotated)
    expect(await vault.open(sealed, context)).toBe('sk-secret')
  })

  test("another vault's sealed texts do not open", async () => {
    const sealed = await (await open()).seal('sk-secret', context)
    await expect((await open()).open(sealed, context)).rejects.toThrow(VaultError)
  })
}
