import { spawnSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

/** Builds the console, and compresses its files once and well instead of at each request. */
const { status } = spawnSync(
  process.execPath,
  [join(import.meta.dirname, 'node_modules/next/dist/bin/next'), 'build'],
  {
    cwd: import.meta.dirname,
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  },
)
if (status !== 0) process.exit(status ?? 1)

const files = globSync('.next/static/**/*.{js,css}', { cwd: import.meta.dirname })
for (const file of files) {
  const path = join(import.meta.dirname, file)
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }
  writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path), options))
}
