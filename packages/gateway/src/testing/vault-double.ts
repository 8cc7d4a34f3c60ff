import { type Vault, type VaultContext, VaultError } from '../vault.ts'

/** A vault that seals by naming what it sealed for whom; it can be away, and can be made to wait. */
export class VaultDouble implements Vault {
  readonly activeKeyId = 'key'
  away = false
  opened = 0
  #held: Promise<void> | undefined

  async seal(plaintext: string, context: VaultContext): Promise<string> {
    return JSON.stringify({ plaintext, context })
  }

  async open(sealed: string, context: VaultContext): Promise<string> {
    this.opened++
    await this.#held
    if (this.away) throw new Error('the key service is away')
    const { plaintext, context: bound } = JSON.parse(sealed)
    if (JSON.stringify(bound) !== JSON.stringify(context)) throw new VaultError('bound to another context')
    return plaintext
  }

  async rotate(): Promise<string> {
    return this.activeKeyId
  }

  keyIdOf(): string {
    return this.activeKeyId
  }

  /** Opens nothing until the function it returns was called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held = promise
    return resolve
  }
}
