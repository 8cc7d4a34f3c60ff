import { type Vault, type VaultContext, VaultError } from '@vm-x/gateway'
import sodium from 'libsodium-wrappers'
import { KeyFile } from './key-file.ts'

/**
 * Seals with XChaCha20-Poly1305; the keys are in a file only its owner can read. A sealed text is
 * `v1.<key id>.<base64url of nonce and ciphertext>`, bound to its context and key id as additional data.
 */
export class LibsodiumVault implements Vault {
  readonly #keys: KeyFile

  private constructor(keys: KeyFile) {
    this.#keys = keys
  }

  /** Makes the file, with a first key, where there is none. Throws when others can read it. */
  static async open(path: string): Promise<LibsodiumVault> {
    await sodium.ready
    return new LibsodiumVault(KeyFile.open(path))
  }

  get activeKeyId(): string {
    return this.#keys.active.id
  }

  async seal(plaintext: string, context: VaultContext): Promise<string> {
    const { id, key } = this.#keys.active
    const nonce = sodium.randombytes_buf(sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
    const ciphertext = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
      plaintext,
      boundTo(id, context),
      null,
      nonce,
      key,
    )
    return `v1.${id}.${Buffer.concat([nonce, ciphertext]).toString('base64url')}`
  }

  async open(sealed: string, context: VaultContext): Promise<string> {
    const { keyId, bytes } = parse(sealed)
    const key = this.#keys.find(keyId)
    if (!key) throw new VaultError(`The secret was sealed by key ${keyId}, which is not in the key file`)
    const nonceBytes = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
    try {
      const nonce = bytes.subarray(0, nonceBytes)
      const plaintext = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
        null,
        bytes.subarray(nonceBytes),
        boundTo(keyId, context),
        nonce,
        key,
      )
      return Buffer.from(plaintext).toString()
    } catch {
      throw new VaultError('The secret was altered, or belongs to something else')
    }
  }

  async rotate(): Promise<string> {
    return this.#keys.add().id
  }

  keyIdOf(sealed: string): string {
    return parse(sealed).keyId
  }
}

const SEALED = /^v1\.([0-9a-f-]+)\.([\w-]+)$/

function parse(sealed: string): { keyId: string; bytes: Buffer } {
  const [, keyId, data] = SEALED.exec(sealed) ?? []
  if (keyId === undefined || data === undefined) throw new VaultError('The text is not a sealed secret')
  return { keyId, bytes: Buffer.from(data, 'base64url') }
}

/** A list, so that no choice of ids can read as another one; those of the two kinds differ in length. */
const boundTo = (keyId: string, context: VaultContext) =>
  JSON.stringify(
    'installation' in context
      ? ['v1', keyId, 'installation', context.installation]
      : ['v1', keyId, context.workspaceId, context.environmentId, context.connectionId],
  )
