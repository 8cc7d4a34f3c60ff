export { createPostgresDatabase, testDatabases } from '../db/test-databases.ts'
