/** What a secret is bound to: it opens only when asked for with the same values. */
export type VaultContext =
  | { readonly workspaceId: string; readonly environmentId: string; readonly connectionId: string }
  /** The name of a secret of the whole installation. */
  | { readonly installation: string }

/**
 * PORT. Seals secrets for storage and opens them again.
 *
 * The sealed text carries the id of the key that sealed it, so keys can be rotated while old texts still open.
 */
export interface Vault {
  /** Seals `plaintext` with the active key. Throws when the key service is away. */
  seal(plaintext: string, context: VaultContext): Promise<string>
  /** Throws {@link VaultError} when the text was altered, bound to another context, or sealed by an unknown key. */
  open(sealed: string, context: VaultContext): Promise<string>
  /** Makes a new key and seals with it from now on. Texts of older keys still open. Answers the new key's id. */
  rotate(): Promise<string>
  /** The id of the key that sealed `sealed`. */
  keyIdOf(sealed: string): string
  /** The id of the key that seals now. */
  readonly activeKeyId: string
}

export class VaultError extends Error {
  override readonly name = 'VaultError'
}
