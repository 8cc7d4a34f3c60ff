import { silentLog } from '@vm-x/gateway'
import { openDatabase } from '@vm-x/storage'

export type Rows = {
  readonly audit: readonly { id: string; marker: string | null; outcome: string; status: number }[]
  readonly usage: readonly { id: string; outcome: string; outputTokens: number }[]
}

/** All rows of the audit and of the usage. An embedded database can be opened only while no product has it. */
export async function readRows(url: string): Promise<Rows> {
  const database = await openDatabase({ url, log: silentLog })
  try {
    const audit = await database.db
      .selectFrom('audit_exchange')
      .select(['id', 'correlation_id as marker', 'outcome', 'status'])
      .execute()
    const usage = await database.db
      .selectFrom('usage_event')
      .select(['id', 'outcome', 'output_tokens as outputTokens'])
      .execute()
    return { audit, usage }
  } finally {
    await database.close()
  }
}

/** The ids that occur more than once. */
export function repeated(ids: readonly string[]): string[] {
  const seen = new Set<string>()
  return ids.filter((id) => seen.has(id) || !seen.add(id))
}
