import { AsyncLocalStorage } from 'node:async_hooks'
import { Kysely, type KyselyConfig, type KyselyPlugin, type Transaction, type TransactionBuilder } from 'kysely'
import type { Database } from './schema.ts'

/**
 * Kysely whose queries fail at once inside a transaction's callback: only the callback's `trx` may be used there.
 * The embedded database has one connection, so anything else would wait for ever; on a server it would quietly
 * run outside the transaction.
 */
export class GuardedKysely extends Kysely<Database> {
  constructor(config: KyselyConfig) {
    super({ ...config, plugins: [...(config.plugins ?? []), guard] })
  }

  override transaction(): TransactionBuilder<Database> {
    refuseInside()
    const builder = super.transaction()
    const execute = builder.execute.bind(builder)
    builder.execute = async <T>(callback: (trx: Transaction<Database>) => Promise<T>) => {
      const state = { open: true }
      try {
        return await execute((trx) => transactions.run(state, () => callback(trx.withoutPlugins())))
      } finally {
        state.open = false
      }
    }
    return builder
  }
}

const transactions = new AsyncLocalStorage<{ open: boolean }>()

function refuseInside(): void {
  if (transactions.getStore()?.open) {
    throw new Error('A query inside a transaction must use the trx it was given, not the database it was opened on')
  }
}

const guard: KyselyPlugin = {
  transformQuery: ({ node }) => {
    refuseInside()
    return node
  },
  transformResult: async ({ result }) => result,
}
