import { migrate } from '../packages/storage/src/db/migrate.ts'
import { openDatabase } from '../packages/storage/src/db/open.ts'

/** Makes an embedded database in the directory that is named, migrated and empty. */
const log = { info: () => {}, warn: () => {}, error: () => {} }
const database = await openDatabase({ url: `pglite:${process.argv[2]}`, log })
await migrate(database.db)
await database.close()
