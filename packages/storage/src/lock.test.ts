import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DirectoryInUse, lockDirectory } from './lock.ts'

let directory: string
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'vmx-lock-')), 'data')
})
afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }))

test('a directory is locked once, and again after its release', () => {
  const lock = lockDirectory(directory)
  expect(() => lockDirectory(directory)).toThrow(DirectoryInUse)
  expect(() => lockDirectory(directory)).toThrow(`The directory ${directory} is in use by another process`)
  lock.release()
  lock.release()
  lockDirectory(directory).release()
})

test('another process is kept out, and a killed one leaves the directory free', async () => {
  const module = JSON.stringify(new URL('./lock.ts', import.meta.url).href)
  const script = `import { lockDirectory } from ${module}
    globalThis.lock = lockDirectory(${JSON.stringify(directory)})
    console.log('locked')
    setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  expect(() => lockDirectory(directory)).toThrow(DirectoryInUse)
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  lockDirectory(directory).release()
})
