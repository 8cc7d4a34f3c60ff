import type { Database } from '@vm-x/storage'
import {
  type DatabaseConnection,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'

/** A database that answers nothing, until it is `lost`: then every query fails with that. */
export function silentDatabase() {
  const connection = Promise.withResolvers<DatabaseConnection>()
  class SilentDriver extends DummyDriver {
    override acquireConnection(): Promise<DatabaseConnection> {
      return connection.promise
    }
  }
  const db = new Kysely<Database>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new SilentDriver(),
      createIntrospector: (all) => new PostgresIntrospector(all),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
  return { db, lost: (error: Error) => connection.reject(error) }
}
