export { copyMigratedPGlite, createPostgresDatabase, testDatabases } from '../db/test-databases.ts'
