import { dumpOf } from './database-dump.ts'
import type { World } from './world.ts'

/** What is kept of requests, for people to read. */
const RECORDS = /^(management_event|audit_exchange|usage_event|ai_resource_revision)/

/**
 * Where a secret of the world can be read that must not be: in an answer that is not there to tell it, in the log, in
 * the database; and where that can be read which the database keeps of secrets, sealed or hashed.
 * Nor may the log or the database hold what was said to models, or what is `unrecorded`, though answers may.
 */
export async function leaksIn(world: World, unrecorded: readonly string[] = []): Promise<string[]> {
  const { trail, logged, product } = world
  const rows = Object.entries(await dumpOf(product.storage.database.db)).flatMap(([table, rows]) =>
    rows.map((row) => [table, row] as const),
  )
  const answers = trail.answers.map(({ route, text }) => [`an answer of ${route}`, text] as const)
  const lines = logged.map((line) => ['the log', line] as const)
  const kept = rows.flatMap(([table, row]) => keptOf(table, row))
  return [
    ...found([...trail.secrets].filter(isTelling), [...answers, ...lines, ...rows]),
    ...found(kept, [...answers, ...lines, ...rows.filter(([table]) => RECORDS.test(table))]),
    ...found([...trail.prompts, ...unrecorded], [...lines, ...rows]),
  ]
}

/** Guesses such as `x` are in everything. */
const isTelling = (secret: string) => secret.length >= 8

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
