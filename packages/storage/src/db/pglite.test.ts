import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DirectoryInUse } from '../lock.ts'
import { openPGlite } from './pglite.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmx-pglite-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Another process that writes row after row, each in a transaction of its own, and prints each that was committed. */
function startWriter(path: string) {
  const module = JSON.stringify(new URL('./pglite.ts', import.meta.url).href)
  const script = `
    import { openPGlite } from ${module}
    import { sql } from 'kysely'
    const { db, bulkInsert } = await openPGlite(${JSON.stringify(path)})
    await sql\`create table if not exists written (id bigint)\`.execute(db)
    for (let id = 1; ; id += 2) {
      await db.transaction().execute((trx) => sql\`insert into written values (\${id})\`.execute(trx))
      await bulkInsert([Buffer.from(String(id + 1))], 'insert into written select (data #>> array[]::text[])::bigint from batch')
      console.log(id + 1)
    }`
  const file = new URL('.', import.meta.url)
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: file,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

test('what was committed survives SIGKILL under load, and the directory opens again', async () => {
  const path = join(directory, 'db')
  const writer = startWriter(path)
  let seen = ''
  const enough = Promise.withResolvers<void>()
  writer.stdout.on('data', (chunk) => {
    seen += chunk
    if (seen.split('\n').length > 50) enough.resolve()
  })
  await enough.promise
  await expect(openPGlite(path)).rejects.toThrow(DirectoryInUse)
  writer.kill('SIGKILL')
  await once(writer, 'close')
  const committed = Number(seen.slice(0, seen.lastIndexOf('\n')).split('\n').at(-1))
  const { db, close } = await openPGlite(path)
  const { rows } = await sql<{ id: number }>`select id from written order by id`.execute(db)
  await close()
  expect(committed).toBeGreaterThanOrEqual(100)
  expect(rows.slice(0, committed).map(({ id }) => id)).toEqual(
    Array.from({ length: committed }, (_, index) => index + 1),
  )
})

test('a closed database opens again with what it held', async () => {
  const first = await openPGlite(directory)
  await sql`create table kept as select 1 as id`.execute(first.db)
  await first.close()
  const second = await openPGlite(directory)
  expect((await sql`select id from kept`.execute(second.db)).rows).toEqual([{ id: 1 }])
  await second.close()
})

test('a directory that can not be used is an error, and is not left locked', async () => {
  writeFileSync(join(directory, 'pgdata'), 'a file')
  await expect(openPGlite(directory)).rejects.toThrow()
  rmSync(join(directory, 'pgdata'))
  await (await openPGlite(directory)).close()
})
