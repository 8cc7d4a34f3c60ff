/** One connection of either database. */
type BatchClient = {
  query(sql: string, parameters: []): Promise<unknown>
  /** @param destroy the connection can't be used again */
  release(destroy?: boolean): void
}

/**
 * Stages rows with `copy` in the temporary table `batch (data jsonb)`, runs `insert` over it, all in one transaction,
 * and gives the connection back whatever happens.
 */
export async function insertBatch(client: BatchClient, copy: () => Promise<unknown>, insert: string): Promise<void> {
  let unusable = false
  try {
    await client.query('begin', [])
    await client.query('create temp table if not exists batch (data jsonb) on commit delete rows', [])
    await copy()
    await client.query(insert, [])
    await client.query('commit', [])
  } catch (error) {
    await client.query('rollback', []).catch(() => {
      unusable = true
    })
    throw error
  } finally {
    client.release(unusable)
  }
}
