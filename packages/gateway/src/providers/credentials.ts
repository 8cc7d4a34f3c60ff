import type { Connection } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Vault } from '../vault.ts'

type SealedConnection = Pick<Connection, 'id' | 'workspaceId' | 'environmentId' | 'sealedApiKey'>

/** Opens the credentials of connections and keeps them for a short time: opening one costs more than a whole request. */
export class Credentials {
  readonly #vault: Vault
  readonly #clock: Clock
  readonly #opened = new Map<string, { sealed: string; value: string; until: number }>()

  constructor(vault: Vault, clock: Clock) {
    this.#vault = vault
    this.#clock = clock
  }

  /** The credential, null when the connection has none. Throws `unavailable` when the vault can't open it now. */
  open(connection: SealedConnection): string | null | Promise<string> {
    if (connection.sealedApiKey === null) return null
    const held = this.#opened.get(connection.id)
    if (held && held.sealed === connection.sealedApiKey && this.#clock.now() < held.until) return held.value
    return this.#unseal(connection, connection.sealedApiKey)
  }

  async #unseal({ id, workspaceId, environmentId }: SealedConnection, sealed: string): Promise<string> {
    const value = await this.#vault
      .open(sealed, { workspaceId, environmentId, connectionId: id })
      .catch((cause: unknown) => {
        throw new GatewayError('unavailable', 'The credential of the connection can not be opened now', {
          cause,
          retryAfterMs: 1000,
        })
      })
    this.#opened.set(id, { sealed, value, until: this.#clock.now() + KEPT_MS })
    return value
  }
}

const KEPT_MS = 60_000
