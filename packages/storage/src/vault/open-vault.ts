import type { Vault } from '@vm-x/gateway'
import { LibsodiumVault } from './libsodium-vault.ts'

/** Opens the vault that the URL names: `libsodium:file=<path>`. */
export async function openVault(url: string): Promise<Vault> {
  const path = /^libsodium:file=(.+)$/.exec(url)?.[1]
  if (path !== undefined) return await LibsodiumVault.open(path)
  if (url.startsWith('kms:')) throw new Error('A KMS vault is not available in this version: use libsodium:file=<path>')
  throw new Error('The vault URL must be libsodium:file=<path>')
}
