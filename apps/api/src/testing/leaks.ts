import { dumpOf } from './database-dump.ts'
import type { World } from './world.ts'

/** What may be kept of requests, but must hold no secret. */
const RECORDS = /^(management_event|audit_exchange|usage_event|ai_resource_revision|configuration_)/

/**
 * Where a secret of the world can be read that must not be: in an answer that is not there to tell it, in the log, in
 * the records. Counted as secrets: what was sent and told as such, and what of it the database keeps sealed or hashed.
 *
 * @param unrecorded what the log and the records must not hold either, though answers may
 */
export async function leaksIn(world: World, unrecorded: readonly string[] = []): Promise<string[]> {
  const { trail, logged, product } = world
  const tables = Object.entries(await dumpOf(product.storage.database.db))
  const secrets = [...trail.secrets, ...tables.flatMap(([table, rows]) => rows.flatMap((row) => keptOf(table, row)))]
  const answers = trail.answers.map(({ route, text }) => [`an answer of ${route}`, text] as const)
  const records = [
    ...logged.map((line) => ['the log', line] as const),
    ...tables
      .filter(([table]) => RECORDS.test(table))
      .flatMap(([table, rows]) => rows.map((row) => [table, row] as const)),
  ]
  return [...found(secrets, [...answers, ...records]), ...found(unrecorded, records)]
}

const found = (secrets: readonly string[], texts: readonly (readonly [string, string])[]) =>
  texts.flatMap(([where, text]) =>
    secrets.filter((secret) => text.includes(secret)).map((secret) => `${where} holds ${secret}: ${text}`),
  )

/** Columns that hold secrets in another form. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  user_credential: ['password'],
  user_session: ['token'],
  api_key: ['hash', 'previous_hash'],
  ai_connection: ['sealed_api_key'],
  installation_secret: ['sealed'],
}

function keptOf(table: string, row: string): string[] {
  const columns: Record<string, unknown> = JSON.parse(row)
  return (KEPT[table] ?? []).flatMap((name) => {
    const value = columns[name]
    return typeof value === 'string' ? [value] : []
  })
}
