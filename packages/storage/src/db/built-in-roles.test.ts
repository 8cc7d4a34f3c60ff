import { BUILT_IN_ROLES } from '@vm-x/contract'
import { expect, test } from 'vitest'
import { testDatabases } from './test-databases.ts'

test.each(testDatabases)('a migrated database on $kind holds the built-in roles, word by word', async ({ open }) => {
  const database = await open()
  try {
    const roles = await database.db
      .selectFrom('role')
      .select(['id', 'name', 'description', 'policy'])
      .where('built_in', '=', true)
      .orderBy('id')
      .execute()
    expect(roles).toEqual(Object.values(BUILT_IN_ROLES))
  } finally {
    await database.close()
  }
})
