import type { Database } from '@vm-x/storage'
import type { Kysely } from 'kysely'

/** Who makes a change, and from where: what the management audit says of it. */
export type Author = {
  readonly kind: 'user' | 'system'
  /** A user's id; null for parts of the product. */
  readonly id: string | null
  /** A user's e-mail address, or which part of the product it is. */
  readonly name: string
  readonly sourceAddress: string | null
  readonly userAgent: string | null
  readonly requestId: string | null
  /** Throws what refuses them by now: what they may do can change while a change waits for another. */
  readonly requireAllowed?: (db: Kysely<Database>) => Promise<void>
}

/** A part of the product itself, e.g. `start` or `vmx`. */
export const systemAuthor = (name: string): Author => ({
  kind: 'system',
  id: null,
  name,
  sourceAddress: null,
  userAgent: null,
  requestId: null,
})

/** For `created_by` and `updated_by`. */
export const signatureOf = ({ id, name }: Author): string => id ?? name
