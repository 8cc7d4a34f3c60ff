import { migrate } from '../packages/storage/src/db/migrate.ts'
import { openDatabase } from '../packages/storage/src/db/open.ts'

/** Migrates the empty database at the address that is named; an embedded one is made there. */
const log = { info: () => {}, warn: () => {}, error: () => {} }
const database = await openDatabase({ url: String(process.argv[2]), log })
await migrate(database.db)
await database.close()
